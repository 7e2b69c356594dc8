"""What the command line names to be read: a leak, the keys of an age file, a mapping."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from app.errors import InvalidIdentity, InvalidMapping, InvalidSource

if TYPE_CHECKING:
    from app.reading.sample import PeekedSource
    from app.reading.sources.bytestream import ByteSource
    from app.reading.sources.opening import LeakSource, Table
    from app.reading.sources.settings import SourceSettings

STANDARD_INPUT = Path("-")
IdentityOption = Annotated[
    Path | None, typer.Option("--identity", help="Keys of an age file, as age-keygen's.")
]


class NamedSource:
    """A source that was named, open: to be read once, and to be looked at before that.

    Args:
        stream: stands at its beginning.
        path: of a file, which can be opened again; None for anything else.
        identities: to decrypt it with.
    """

    def __init__(self, stream: BinaryIO, path: Path | None, identities: Sequence[Any]):
        self._stream = stream
        self._path = path
        self._peeked: PeekedSource | None = None
        self._identities = identities
        self.size_bytes = path.stat().st_size if path else None

    def leak(self, settings: SourceSettings, wanted: Sequence[str] = ()) -> LeakSource:
        """Return the source as what an ingest reads.

        Args:
            settings: what is known of its form.
            wanted: the columns that are looked for; empty for all.
        """
        return self._leak(self.stream, settings, wanted)

    @contextmanager
    def look(self, settings: SourceSettings, wanted: Sequence[str] = ()) -> Iterator[Table]:
        """Open the source so that nothing of it is consumed: `sample.Look`.

        Raises:
            BeginningEnded: it is a stream, and shows no row unless it is read to its end.
        """
        with self.again() as stream, self._leak(stream, settings, wanted).open() as table:
            yield table

    @contextmanager
    def again(self) -> Iterator[ByteSource]:
        """Open a file once more, or the beginning of a stream, so that nothing is consumed."""
        from app.reading.sample import PeekedSource

        if self._path:
            # Not the same handle: what decrypts may read on in it for a moment.
            with _open(self._path) as stream:
                yield stream
            return
        self._peeked = self._peeked or PeekedSource(self._stream)
        yield self._peeked.beginning()

    def _leak(
        self, stream: ByteSource, settings: SourceSettings, wanted: Sequence[str]
    ) -> LeakSource:
        from app.reading.sources.opening import LeakSource

        return LeakSource(stream, settings, self._identities, wanted)

    @property
    def stream(self) -> ByteSource:
        """Its bytes, as they are, to be read once."""
        return self._peeked or self._stream


@contextmanager
def open_source(source: Path, identity: Path | None = None) -> Iterator[NamedSource]:
    """Open what is named as the source; what is wrong with it is told with its name.

    Args:
        source: a file, something like one, or `STANDARD_INPUT`.
        identity: the file with the keys to decrypt it with.

    Raises:
        InvalidSource: it cannot be opened.
        InvalidIdentity: the keys cannot be used.
    """
    identities = read_identities(identity)
    if source == STANDARD_INPUT:
        with _named("standard input"):
            yield NamedSource(sys.stdin.buffer, None, identities)
        return
    with _open(source) as stream, _named(source.name):
        yield NamedSource(stream, source if source.is_file() else None, identities)


def read_mapping(mapping: Path) -> str:
    """Return the text of a mapping.

    Raises:
        InvalidMapping: it cannot be read.
    """
    try:
        return mapping.read_text(encoding="utf-8")
    except OSError as exc:
        what = f"{mapping.name}: the mapping cannot be opened"
        raise InvalidMapping(f"{what}: {exc.strerror}") from exc
    except UnicodeDecodeError:
        raise InvalidMapping(f"{mapping.name}: the mapping is not UTF-8") from None


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as exc:
        raise InvalidSource(f"{path.name}: the source cannot be opened: {exc.strerror}") from exc


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Say of what source it is that something is wrong."""
    try:
        yield
    except InvalidSource as exc:
        raise type(exc)(f"{name}: {exc.message}", hint=exc.hint) from exc


def read_identities(identity: Path | None) -> Sequence[Any]:
    """Return the keys in a file, or none.

    Raises:
        InvalidIdentity: it cannot be read, or holds no key.
    """
    if identity is None:
        return ()
    from app.reading.sources.encrypted import parse_identities

    try:
        return parse_identities(identity.read_bytes())
    except OSError as exc:
        raise InvalidIdentity(f"the identity file cannot be read: {exc.strerror}") from exc
