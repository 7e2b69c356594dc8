"""After an ingest, nothing on disk shows who was in the leak, nor can be tested without a key."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from app.crypto.oprf import hash_to_group
from app.crypto.ristretto255 import Element
from app.crypto.stretch import INSECURE_TEST_ONLY, stretch
from app.errors import ConcerneError, InvalidMapping, InvalidSource, Unavailable
from app.identity.schemes import normalise_fields, scheme_input, scheme_named
from app.ingest import commits
from app.ingest.checkpoints import Checkpoint
from app.ingest.ports import Tally
from app.storage.draft import SqlDraft
from app.synthesis.mapping import MAPPING_TOML
from app.synthesis.record import COLUMNS
from tests.ingest.examples import PHONES_TOML, FailsAfter, House, Watch, house, phones
from tests.traces import Traces, files_in

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


def markers() -> Iterator[tuple[str, str | bytes]]:
    """Yield every value that must not be found, and what is made of it on the way."""
    yield from CELLS.items()
    yield "a refused NIR", REFUSED_CELLS["NUM_SECU"]
    yield "a refused phone", REFUSED_CELLS["TEL_FIXE"]
    for name, raw in IDENTIFIERS.items():
        scheme = scheme_named(name)
        values = normalise_fields(scheme, raw)
        yield from ((name, text) for text in (*values, "".join(values), ";".join(values)))
        yield name, scheme_input(scheme, values)


TRACES = Traces(markers())


def check_clean(folder: Path) -> None:
    left = files_in(folder)
    assert TRACES.find(left) == []
    names = {Path(path).name for path in left}
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


def test_nothing_is_kept_that_could_be_tested_without_the_key(home: House) -> None:
    """Neither the stretched input nor its element before the key: the salt is public."""
    home.ingest(source(), MAPPING_TOML)
    salt = home.drafts.deployment().stretch_salt
    unkeyed: list[tuple[str, str | bytes]] = []
    for name, raw in IDENTIFIERS.items():
        scheme = scheme_named(name)
        encoded = scheme_input(scheme, normalise_fields(scheme, raw))
        stretched = stretch(INSECURE_TEST_ONLY, salt, encoded)
        unkeyed += [(name, stretched), (name, hash_to_group(stretched))]
    assert Traces(unkeyed).find(files_in(home.folder)) == []


def test_no_file_shows_anybody_after_a_failure(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "COMMIT_ENTRIES", 1)

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
        assert TRACES.find({"shown": shown}) == []
    home.check_empty()


def test_an_error_of_the_database_shows_no_element(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "COMMIT_ENTRIES", 1)
    elements: list[bytes] = []
    add = SqlDraft.add

    def add_without_table(
        draft: SqlDraft,
        entries: Mapping[str, Sequence[Element]],
        checkpoint: Checkpoint | None,
        tally: Tally | None,
    ) -> None:
        elements.extend(element for each in entries.values() for element in each)
        with home.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE entry")
        add(draft, entries, checkpoint, tally)

    monkeypatch.setattr(SqlDraft, "add", add_without_table)
    with pytest.raises(Unavailable, match="the database failed") as caught:
        home.ingest(phones(50), PHONES_TOML)
    shown = told(caught.value)
    assert elements
    for element in elements:
        for form in (element, element.hex().encode(), repr(element).encode()):
            assert form not in shown
