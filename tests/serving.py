"""A real web server around an application, in a thread, on a free port of the loopback."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from app.settings import Settings
from app.web.app import create_app
from app.web.main import wire


@contextmanager
def serving(
    app: FastAPI,
    *,
    trusted_proxies: Sequence[str] = (),
    certificate: Path | None = None,
    verify: ssl.SSLContext | bool = True,
    port: int = 0,
) -> Iterator[httpx.Client]:
    """Yield an HTTP client whose base URL is the running application.

    Args:
        app: the application.
        trusted_proxies: whose X-Forwarded-For is believed.
        certificate: a key and its certificate in one file, to serve over TLS.
        verify: what the client believes of certificates.
        port: where; 0 is any that is free.
    """
    config = uvicorn.Config(
        app,
        port=port,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        # Longer than a client keeps an idle connection: else both let go of it at the same moment.
        timeout_keep_alive=60,
        ssl_certfile=certificate,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive(), "the server stopped while starting"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        scheme = "https" if certificate else "http"
        address = f"{scheme}://127.0.0.1:{port}"
        with httpx.Client(base_url=address, timeout=30, verify=verify) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def serving_settings(settings: Settings, *, port: int = 0) -> Iterator[httpx.Client]:
    """Serve the real application as these settings describe it."""
    app = create_app(wire(settings))
    with serving(app, trusted_proxies=settings.trusted_proxies, port=port) as client:
        yield client
