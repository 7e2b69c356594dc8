"""By which address the public reaches this site: what feeds and metadata have to write in full."""

from __future__ import annotations

import re
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from app.settings import Settings

# Whatever a request claims, nothing but a name and a port can come of it.
_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?")
_NOWHERE: Final = "localhost"


def site_address(request: Request, settings: Settings) -> str:
    """Return the site's address without a slash at its end.

    The setting's, where there is one: otherwise whoever asks decides what it reads.
    """
    if settings.public_address is not None:
        return settings.public_address
    host = request.headers.get("host", "").lower()
    return f"{request.url.scheme}://{host if _HOST.fullmatch(host) else _NOWHERE}"


def tag_uri(address: str, day: date, *parts: object) -> str:
    """Return a name that stays the same for ever, and is nobody else's (RFC 4151).

    Args:
        address: of the site.
        day: on which the site had its address.
        parts: that make the name.
    """
    authority = urlsplit(address).hostname or _NOWHERE
    return f"tag:{authority},{day.isoformat()}:{'/'.join(map(str, parts))}"
