"""What outside judges say of the pages: Lighthouse, and the HTTP Observatory behind real TLS."""

from __future__ import annotations

import http.server
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from app.web.app import create_app
from app.web.main import wire
from tests.browser.tools import FOLDER, installed, lighthouse, run
from tests.conftest import Leak
from tests.serving import serving

RUNS = 4


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize(
    ("path", "desktop"),
    [("/fr/", True), ("/fr/", False), ("/en/how-it-works", False), ("/en/leaks/demo", False)],
)
def test_lighthouse_gives_95_or_more_in_every_category(site: str, path: str, desktop: bool) -> None:
    """Slow: it loads each page several times, as over a slow network on a slow device.

    Of the four only performance is made from times, which a machine that others use can only make
    worse: the best of a few runs is the page's own.
    """
    best = 0
    for _ in range(RUNS):
        scores = lighthouse(site + path, desktop=desktop)
        assert set(scores) >= {"performance", "accessibility", "best-practices", "seo"}
        timed = scores.pop("performance")
        assert min(scores.values()) >= 95, scores
        best = max(best, timed)
        if best >= 95:
            break
    assert best >= 95


class Redirects(http.server.BaseHTTPRequestHandler):
    """What a reverse proxy does with a request without TLS."""

    port = 0

    def do_GET(self) -> None:
        self.send_response(301)
        self.send_header("Location", f"https://localhost:{self.port}{self.path}")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def redirecting(port: int) -> Iterator[int]:
    handler = type("RedirectsTo", (Redirects,), {"port": port})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("path", ["/fr/", "/en/legal-notice"])
def test_the_http_observatory_gives_100_points_or_more(
    leak: Leak, tmp_path: Path, path: str
) -> None:
    """Its own checks, over TLS with a certificate of an authority made for this test."""
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    installed()
    context = ssl.create_default_context(cafile=str(tmp_path / "authority.pem"))
    app = create_app(wire(leak.settings()))
    with serving(app, certificate=tmp_path / "server.pem", verify=context) as client:
        response = client.get(path)
        assert "max-age=63072000" in response.headers["strict-transport-security"]
        secure = client.base_url.port or 0
        with redirecting(secure) as insecure:
            printed = run(
                str(FOLDER / "observatory.mjs"),
                "localhost",
                str(insecure),
                str(secure),
                path,
                NODE_EXTRA_CA_CERTS=str(tmp_path / "authority.pem"),
                # In milliseconds, in place of ten seconds.
                ABORT_TIMEOUT="120000",
                CLIENT_TIMEOUT="120000",
            )
    found = json.loads(printed)
    assert found["refused"] == []
    assert found["score"] >= 100, found
