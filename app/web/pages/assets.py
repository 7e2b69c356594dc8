"""What a page loads besides itself: one style sheet and one icon, from this origin only.

Each is served under an address that holds its digest, so that a browser may keep it for good and
still never shows a page with yesterday's style.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).parents[1] / "static"
STATIC_PATH: Final = "/static/{digest}/{name}"

_MEDIA_TYPES: Final = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_DIGEST_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, read once."""

    path: str
    media_type: str
    content: bytes


def load_assets(folder: Path = STATIC) -> Mapping[str, Asset]:
    """Read every file that pages may load, by its name."""
    assets = {}
    for file in sorted(folder.iterdir()):
        if file.suffix in _MEDIA_TYPES:
            content = file.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:_DIGEST_CHARACTERS]
            path = STATIC_PATH.format(digest=digest, name=file.name)
            assets[file.name] = Asset(path, _MEDIA_TYPES[file.suffix], content)
    return assets
