"""What stands between a client and a server, and does to both what networks and nights do."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

import httpx

from tests.cli.commands import free_port, serve_on

_HEADERS = ("content-type", "retry-after")


@dataclass(frozen=True)
class Refuse:
    """Answer instead of the server."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cut:
    """Pass on half of the server's answer, and close the connection."""


@dataclass(frozen=True)
class Before:
    """Do something, and then pass the request on."""

    act: Callable[[], object]


@dataclass(frozen=True)
class Instead:
    """Do something, and close the connection without an answer."""

    act: Callable[[], object]


@dataclass(frozen=True)
class Change:
    """Pass on another body than the server's."""

    change: Callable[[bytes], bytes]


Fault = Refuse | Cut | Before | Instead | Change


class FaultyProxy(ThreadingHTTPServer):
    """Passes requests on, with a fault at some.

    Args:
        target: the server's URL.
        faults: by the number of the request among those of its kind, from 1; the kind is the last
            word of the path.
    """

    daemon_threads = True

    def __init__(self, target: str, faults: Mapping[tuple[str, int], Fault]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = target
        self.faults = dict(faults)
        self.counts: dict[str, int] = {}
        self.happened: list[Fault] = []
        self._counting = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def fault_of(self, path: str) -> Fault | None:
        kind = path.partition("?")[0].rpartition("/")[2]
        with self._counting:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            fault = self.faults.get((kind, self.counts[kind]))
            if fault is not None:
                self.happened.append(fault)
            return fault

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no error here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def _pass_on(self) -> None:
        proxy = cast("FaultyProxy", self.server)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        fault = proxy.fault_of(self.path)
        match fault:
            case Refuse(status, headers):
                self._answer(status, headers, b"")
                return
            case Instead(act):
                act()
                self._close()
                return
            case Before(act):
                act()
        headers = {n: v for n, v in self.headers.items() if n.lower() != "host"}
        try:
            response = httpx.request(
                self.command, proxy.target + self.path, content=body, headers=headers, timeout=60
            )
        except httpx.TransportError:
            self._close()
            return
        passed = {n: v for n, v in response.headers.items() if n in _HEADERS}
        content = response.content
        if isinstance(fault, Change):
            content = fault.change(content)
        self._answer(response.status_code, passed, content, is_cut=isinstance(fault, Cut))

    def _answer(
        self, status: int, headers: Mapping[str, str], content: bytes, *, is_cut: bool = False
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if is_cut else content)
        if is_cut:
            self._close()

    def _close(self) -> None:
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def faulty(target: str, faults: Mapping[tuple[str, int], Fault]) -> Iterator[FaultyProxy]:
    """Run a proxy in a thread."""
    proxy = FaultyProxy(target, faults)
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()


class Restartable:
    """A real server process on one port, that can be killed and started again.

    Args:
        data: its folder.
        log: where it writes.
    """

    def __init__(self, data: Path, log: Path) -> None:
        self._data = data
        self._log = log
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = serve_on(self.port, self._data, self._log)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)

    def restart(self) -> None:
        self.kill()
        self.start()
