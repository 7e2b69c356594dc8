"""A client that takes next to nothing: requests are bytes made beforehand, over one socket."""

from __future__ import annotations

import json
import selectors
import socket
import statistics
import time
from collections.abc import Iterator, Sequence
from typing import Any

HOST = "127.0.0.1"
_TIMEOUT_SECONDS = 60.0
_READ_BYTES = 64 * 1024
_END_OF_HEADERS = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length: "
_OK = b"HTTP/1.1 200 "


def get(path: str) -> bytes:
    """Return the bytes of a GET."""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()


def post(path: str, document: dict[str, Any]) -> bytes:
    """Return the bytes of a POST of JSON."""
    body = json.dumps(document).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Connection:
    """One kept-alive connection to a server on this machine."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=_TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""

    def close(self) -> None:
        """Close it."""
        self.socket.close()

    def ask(self, request: bytes) -> bytes:
        """Send a request, wait, and return the body of the answer."""
        self.send(request)
        while (body := self.receive()) is None:
            pass
        return body

    def seconds_of(self, request: bytes) -> float:
        """Send a request, and return how long its answer took."""
        started = time.perf_counter()
        self.ask(request)
        return time.perf_counter() - started

    def median_seconds(self, requests: Sequence[bytes]) -> float:
        """Send requests one after the other, and return the median time of an answer."""
        return statistics.median(self.seconds_of(request) for request in requests)

    def send(self, request: bytes) -> None:
        """Send a request."""
        self.socket.sendall(request)

    def receive(self) -> bytes | None:
        """Read once; return the body when it is whole.

        Raises:
            RuntimeError: the answer is not a 200, or the connection is gone.
        """
        chunk = self.socket.recv(_READ_BYTES)
        if not chunk:
            raise RuntimeError("the server closed the connection")
        self._received += chunk
        head, end, body = self._received.partition(_END_OF_HEADERS)
        if not end:
            return None
        if not head.startswith(_OK):
            raise RuntimeError(f"the server answered {head[:12].decode('ascii', 'replace')}")
        start = head.find(_LENGTH) + len(_LENGTH)
        if len(body) < int(head[start:].partition(b"\r")[0]):
            return None
        self._received = b""
        return body


def answers(
    port: int, questions: Iterator[tuple[bytes, bytes]], *, connections: int, seconds: float
) -> tuple[int, float]:
    """Keep several connections busy, and return how many answers came in how many seconds.

    Args:
        port: the server's.
        questions: requests, each with what its answer's body must contain, without end.
        connections: how many ask at the same time.
        seconds: when to ask no more; what was asked by then is waited for.
    """
    expected: dict[Connection, bytes] = {}
    answered, started = 0, time.perf_counter()

    def ask_next(connection: Connection) -> None:
        request, expected[connection] = next(questions)
        connection.send(request)

    with selectors.DefaultSelector() as selector:
        for connection in [Connection(port) for _ in range(connections)]:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            ask_next(connection)
        while selector.get_map():
            for ready, _ in selector.select(_TIMEOUT_SECONDS):
                connection = ready.data
                body = connection.receive()
                if body is None:
                    continue
                if expected[connection] not in body:
                    raise RuntimeError("the server gave a wrong answer")
                answered += 1
                if time.perf_counter() - started < seconds:
                    ask_next(connection)
                else:
                    selector.unregister(connection.socket)
                    connection.close()
    return answered, time.perf_counter() - started
