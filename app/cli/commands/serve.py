"""`concerne serve`: answer over HTTP."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from app.cli.listening import check_free
from app.cli.options import ConfigOption, DataOption
from app.settings import CONFIG_VARIABLE, PREFIX, Settings, load_settings

# By name: the command line does not know how routes are made.
APPLICATION = "app.web.main:application"
KEEP_ALIVE_SECONDS = 15


def serve(
    config: ConfigOption = None,
    data: DataOption = None,
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port to listen on.")] = None,
) -> None:
    """Answer the public about what is published, until interrupted."""
    given = {"data": data, "host": host, "port": port, "config": config}
    for name, value in given.items():
        if value is not None:
            # The application reads its settings itself, as it does under any other server.
            os.environ[CONFIG_VARIABLE if name == "config" else PREFIX + name.upper()] = str(value)
    run_server(load_settings())


def run_server(settings: Settings) -> None:
    """Run the web server in this process, until it is interrupted.

    Raises:
        InvalidSettings: nothing can be listened on at that address and port.
    """
    import uvicorn

    check_free(settings.host, settings.port)
    uvicorn.run(
        APPLICATION,
        factory=True,
        host=settings.host,
        port=settings.port,
        # Our own logs replace both, because they decide what may be written.
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=10,
    )
