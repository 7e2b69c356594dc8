"""What a page loads besides itself: style sheets, an icon and one script, from this origin only.

The patients' pages have one script, the laboratory's page another; neither loads the other's.

Each is served under an address that holds its digest, so that a browser may keep it for good and
still never shows a page with yesterday's style.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from app.errors import InvalidSettings
from app.scope.showing.html import STYLE as SCOPE_STYLE

STATIC: Final = Path(__file__).parents[1] / "static"
STATIC_PATH: Final = "/static/{digest}/{name}"
SCRIPTS: Final = (Path("built", "page.js"), Path("built", "list.js"))

_MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# A worker has its own policy, that of the response which held its program: it may compile
# WebAssembly, and may not talk to anybody. A page that requires corp of what it loads (COEP) wants
# the same of its worker.
_SCRIPT_HEADERS: Final = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; script-src 'wasm-unsafe-eval'",
        "Cross-Origin-Embedder-Policy": "require-corp",
    }
)
_DIGEST_CHARACTERS: Final = 16
_COMPRESSION_LEVEL: Final = 9
_REFUSED: Final = re.compile(r"q=0(\.0*)?")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, read once.

    Args:
        path: its address.
        media_type: as in its header.
        content: as it is.
        compressed: with gzip; nothing in it depends on who asks, so that its length tells nothing.
        headers: that are its own.
    """

    path: str
    media_type: str
    content: bytes
    compressed: bytes
    headers: Mapping[str, str]

    @property
    def integrity(self) -> str:
        """What a browser checks before it runs the file (Subresource Integrity)."""
        return f"sha384-{base64.b64encode(hashlib.sha384(self.content).digest()).decode()}"

    def encoded(self, accept_encoding: str) -> tuple[bytes, Mapping[str, str]]:
        """Return the body for a client that accepts these encodings, and the headers that say so.

        What cannot be read counts as not said. `gzip;q=0` refuses it (RFC 9110 §12.5.3).
        """
        vary = {"Vary": "Accept-Encoding"}
        for item in accept_encoding.lower().split(","):
            name, _, weight = item.replace(" ", "").partition(";")
            if name == "gzip" and not _REFUSED.fullmatch(weight):
                return self.compressed, vary | {"Content-Encoding": "gzip"}
        return self.content, vary


def load_assets(folder: Path = STATIC) -> Mapping[str, Asset]:
    """Read every file that pages may load, by its name.

    Raises:
        InvalidSettings: one of the scripts has not been built.
    """
    if not all((folder / script).is_file() for script in SCRIPTS):
        raise InvalidSettings(
            "a script of the pages has not been built", hint="run scripts/build-client"
        )
    files = sorted(f for f in folder.iterdir() if f.suffix in _MEDIA_TYPES)
    scripts = (folder / script for script in SCRIPTS)
    return {file.name: _load(file) for file in (*files, SCOPE_STYLE, *scripts)}


def _load(file: Path) -> Asset:
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:_DIGEST_CHARACTERS]
    return Asset(
        path=STATIC_PATH.format(digest=digest, name=file.name),
        media_type=_MEDIA_TYPES[file.suffix],
        content=content,
        compressed=gzip.compress(content, _COMPRESSION_LEVEL, mtime=0),
        headers=_SCRIPT_HEADERS if file.suffix == ".js" else {},
    )
