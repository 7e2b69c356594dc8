"""After an ingest, nothing on disk shows who was in the leak, nor can be tested without a key."""

from __future__ import annotations

import base64
import hashlib
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from app.crypto.ristretto255 import Element
from app.errors import ConcerneError, InvalidMapping, InvalidSource, Unavailable
from app.identity.schemes import normalise_fields, scheme_input, scheme_named
from app.ingest import pipeline
from app.ingest.checkpoints import Checkpoint
from app.storage.drafts import SqlDraft
from app.synthesis.mapping import MAPPING_TOML
from app.synthesis.record import COLUMNS
from tests.ingest.examples import PHONES_TOML, FailsAfter, House, Watch, house, phones

# Values that stand nowhere else, one row of them, as the made-up mapping reads it.
NIR, BORN, SURNAME, GIVEN_NAME = "2850595950048", "17/05/1985", "Zéphyrin-Témoin", "Cunégonde"
EMAIL, PHONE, COMMENT = (
    "Temoin.Zephyrin@Courriel.example",
    "01 99 00 77 77",
    "Témoin sous traitement",
)
CELLS = {
    "NUM_SECU": NIR,
    "DATE_NAISS": BORN,
    "NOM": SURNAME,
    "PRENOM": GIVEN_NAME,
    "EMAIL": EMAIL,
    "TEL_FIXE": PHONE,
    "COMMENTAIRE": COMMENT,
    "ADRESSE": "8 impasse du Témoin",
}
REFUSED_CELLS = CELLS | {"NUM_SECU": "témoin-refusé", "TEL_FIXE": "téléphone-refusé"}
IDENTIFIERS = {
    "nir": {"nir": NIR},
    "nir-dob": {"nir": NIR, "birth_date": "1985-05-17"},
    "name-dob": {"surname": SURNAME, "given_name": GIVEN_NAME, "birth_date": "1985-05-17"},
    "email": {"email": EMAIL},
    "phone": {"phone": PHONE},
}


def source() -> bytes:
    rows = [";".join(cells.get(name, "") for name in COLUMNS) for cells in (CELLS, REFUSED_CELLS)]
    return "\r\n".join([";".join(COLUMNS), *rows]).encode("cp1252")


def markers() -> Iterator[bytes]:
    """Yield every form in which an identifier must not be found."""
    forms = {*CELLS.values(), REFUSED_CELLS["NUM_SECU"], REFUSED_CELLS["TEL_FIXE"]}
    inputs: set[bytes] = set()
    for name, raw in IDENTIFIERS.items():
        scheme = scheme_named(name)
        values = normalise_fields(scheme, raw)
        forms |= {*values, "".join(values), ";".join(values)}
        inputs.add(scheme_input(scheme, values))
    for form in forms:
        for text in (form, form.upper(), form.lower(), form.replace(" ", "")):
            inputs |= {text.encode("utf-8"), text.encode("cp1252"), text.encode("utf-16-le")}
    for raw_bytes in inputs:
        yield raw_bytes
        yield raw_bytes.hex().encode()
        # Without what depends on the bytes before and after.
        yield base64.b64encode(raw_bytes)[:-4]
        yield base64.urlsafe_b64encode(raw_bytes)[:-4]
        for algorithm in ("md5", "sha1", "sha256", "sha512", "blake2b"):
            digest = hashlib.new(algorithm, raw_bytes)
            yield digest.digest()
            yield digest.hexdigest().encode()
            yield base64.b64encode(digest.digest())[:-4]


MARKERS = {marker for marker in markers() if len(marker) >= 6}


def check_clean(folder: Path) -> None:
    names = set()
    for path in folder.rglob("*"):
        if path.is_file():
            names.add(path.name)
            content = path.read_bytes().lower() + path.read_bytes()
            assert not [marker for marker in MARKERS if marker in content], path.name
            assert not [marker for marker in MARKERS if marker in path.name.encode()]
    assert {"concerne.sqlite3", "concerne.sqlite3-wal", "concerne.sqlite3-shm"} <= names


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path / "data") as opened:
        yield opened


def test_the_search_finds_what_it_looks_for(home: House) -> None:
    """A search that cannot fail shows nothing."""
    for form in (NIR, "ZEPHYRINTEMOIN", hashlib.sha256(NIR.encode()).hexdigest()):
        (home.folder / "planted").write_text(f"before {form} after")
        with pytest.raises(AssertionError, match="planted"):
            check_clean(home.folder)


def test_no_file_shows_anybody(home: House) -> None:
    report = home.ingest(source(), MAPPING_TOML)
    # The name is double: as it stands, and its halves.
    assert report.entries == {"nir-dob": 1, "nir": 1, "name-dob": 3, "email": 1, "phone": 1}
    assert report.source.counts.refused_values == {"nir: length": 1, "phone: format": 1}
    check_clean(home.folder)
    home.engine.dispose()
    (home.folder / "concerne.sqlite3-wal").touch()
    (home.folder / "concerne.sqlite3-shm").touch()
    check_clean(home.folder)


def test_no_file_shows_anybody_after_a_failure(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "COMMIT_ENTRIES", 1)

    def fail() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        home.ingest(source(), MAPPING_TOML, observer=Watch(on_reading=fail))
    check_clean(home.folder)


def told(error: BaseException) -> bytes:
    """Return all that is printed or logged of an error, with what caused it."""
    texts = traceback.format_exception(error)
    cause: BaseException | None = error
    while cause is not None:
        texts += [str(cause), repr(cause), repr(cause.args)]
        cause = cause.__cause__ or cause.__context__
    return "\n".join(texts).encode()


def test_no_error_shows_anybody(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that breaks, a mapping that does not fit, a source that has no header."""
    headless = source().split(b"\r\n", 1)[1]
    cases: list[tuple[bytes | FailsAfter, str, type[ConcerneError]]] = [
        (FailsAfter(source(), 1), MAPPING_TOML, InvalidSource),
        (source(), MAPPING_TOML.replace('"NUM_SECU"', '"NIR"'), InvalidMapping),
        (headless, MAPPING_TOML, InvalidMapping),
        (source(), PHONES_TOML.replace('"TEL"', '"NOM"'), InvalidSource),
    ]
    for stream, mapping, kind in cases:
        with pytest.raises(kind) as caught:
            home.ingest(stream, mapping)
        shown = told(caught.value) + caught.value.hint.encode()
        assert not [marker for marker in MARKERS if marker in shown]
    home.check_empty()


def test_an_error_of_the_database_shows_no_element(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "COMMIT_ENTRIES", 1)
    elements: list[bytes] = []
    add = SqlDraft.add

    def add_without_table(
        draft: SqlDraft, entries: Mapping[str, Sequence[Element]], checkpoint: Checkpoint | None
    ) -> None:
        elements.extend(element for each in entries.values() for element in each)
        with home.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE entry")
        add(draft, entries, checkpoint)

    monkeypatch.setattr(SqlDraft, "add", add_without_table)
    with pytest.raises(Unavailable, match="the database failed") as caught:
        home.ingest(phones(50), PHONES_TOML)
    shown = told(caught.value)
    assert elements
    for element in elements:
        for form in (element, element.hex().encode(), repr(element).encode()):
            assert form not in shown
