"""An address that a server is to listen on."""

from __future__ import annotations

import socket

from app.errors import InvalidSettings


def check_free(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on, before a server ends with a code of its own.

    Raises:
        InvalidSettings: it is in use, or not one of this machine's.
    """
    try:
        (family, kind, protocol, _, address), *_ = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        with socket.socket(family, kind, protocol) as probe:
            # As the server does; a connection that lingers is no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as exc:
        raise InvalidSettings(
            f"{host} port {port} cannot be listened on: {exc.strerror}",
            hint="choose another with --port, or stop what uses it",
        ) from exc
