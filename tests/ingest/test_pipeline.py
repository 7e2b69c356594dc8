"""A leak goes in and answers, or nothing has happened: against the real store, end to end."""

from __future__ import annotations

import csv
import io
import json
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.crypto.stretch import INSECURE_TEST_ONLY, stretch
from app.errors import (
    DatasetExists,
    IngestRunning,
    InvalidInput,
    InvalidMapping,
    InvalidSource,
    KeyExists,
    Unavailable,
)
from app.exposure.answering import Answering
from app.exposure.stretching import BoundedPool
from app.identity.schemes import SCHEMES
from app.ingest import commits, pipeline
from app.ingest.distinct import RecentInputs
from app.protocol.client import Batch, compare
from app.protocol.messages import Answer
from app.protocol.server import answer_lookup, encode_identifier
from app.storage.lock import ingest_lock
from app.synthesis.mapping import MAPPING_TOML
from tests.ingest.examples import (
    PHONES_TOML,
    FailsAfter,
    House,
    ShortReads,
    Watch,
    house,
    leak,
    phones,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path / "data") as opened:
        yield opened


def questions(truth: bytes) -> dict[str, list[tuple[dict[str, str], Answer]]]:
    """Return each scheme's identifiers with the right answer."""
    found: dict[str, list[tuple[dict[str, str], Answer]]] = {}
    for line in truth.splitlines():
        fields: dict[str, Any] = json.loads(line)
        scheme, is_exposed = fields.pop("scheme"), fields.pop("exposed")
        found.setdefault(scheme, []).append((fields, Answer.of(is_exposed=is_exposed)))
    return found


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Watch]]:
    with house(tmp_path_factory.mktemp("ingested") / "data") as opened:
        watch = Watch()
        opened.ingest(leak(500)[0], observer=watch)
        yield opened, watch


@pytest.mark.parametrize("resident_bytes", [0, 2**20])
def test_everyone_gets_the_right_answer_both_ways(
    ingested: tuple[House, Watch], resident_bytes: int
) -> None:
    """Every line of the truth, in clear and blinded, from the store and from memory."""
    catalogue, holder = ingested[0].catalogue(resident_bytes=resident_bytes)
    salt = catalogue.deployment.stretch_salt
    asked = questions(leak(500)[1])
    assert set(asked) == {"nir-dob", "nir", "name-dob", "email", "phone"}
    for scheme, lines in asked.items():
        index = catalogue.index("demo", scheme)
        stretched = [
            stretch(INSECURE_TEST_ONLY, salt, encode_identifier(scheme, fields))
            for fields, _ in lines
        ]
        batch = Batch.prepare("demo", index.parameters, stretched)
        answer = holder.evaluate(index.key_name, index.parameters.epoch, batch.blinded)
        bits = index.parameters.prefix_bits
        for value, private, (_, expected) in zip(
            stretched, batch.receive(answer), lines, strict=True
        ):
            packed = index.read_range(private.prefix)
            assert compare(index.parameters, private, packed) is expected
            plain = holder.locate(index.key_name, "demo", scheme, bits, value)
            assert plain == private
            assert answer_lookup(packed, plain) is expected


PEOPLE = """\
NOM;PRENOM;NE;TEL
DUPONT EP MARTIN;MARIE ANNE SOPHIE;01/02/21;01 99 00 00 01 / 06 39 98 00 01
MME LE GOFF NÃ‰E RIOU;Ã‰lÃ©onore;3/4/85;199000002.0
"""
PEOPLE_TOML = """\
[fields]
surname = "NOM"
given_name = 2
birth_date = { columns = "NE", formats = ["%d/%m/%y"] }
phone = "TEL"

[dataset]
title = "Made up"
breach_date = 2021-02-23
"""


def test_people_are_found_by_what_they_type_however_the_file_spells_them(home: House) -> None:
    home.ingest(PEOPLE.encode(), PEOPLE_TOML)
    catalogue, holder = home.catalogue()
    pool = BoundedPool(workers=1, waiting=1)
    answering = Answering(catalogue, holder, pool)

    def ask(scheme: str, *values: str) -> Answer:
        fields = dict(zip(SCHEMES[scheme].fields, values, strict=True))
        return answering.lookup(catalogue.index("demo", scheme), fields).result().answer

    for scheme, *values in (
        ("name-dob", "Dupont", "Marie", "1921-02-01"),
        ("name-dob", "Martin", "Marie-Anne", "2021-02-01"),
        ("name-dob", "Dupont EP Martin", "Marie", "2021-02-01"),
        ("name-dob", "Le Goff", "Éléonore", "1985-04-03"),
        ("name-dob", "RIOU", "Eleonore", "1985-04-03"),
        ("phone", "+33 1 99 00 00 01"),
        ("phone", "0639980001"),
        ("phone", "01 99 00 00 02"),
    ):
        assert ask(scheme, *values) is Answer.EXPOSED
    for scheme, *values in (
        ("name-dob", "Dupont", "Sophie", "1921-02-01"),
        ("name-dob", "Riou", "Marie", "1985-04-03"),
        ("name-dob", "Martin", "Marie", "1921-02-02"),
        ("phone", "0199000003"),
    ):
        assert ask(scheme, *values) is Answer.NOT_EXPOSED
    pool.close()


def test_an_ingest_tells_what_it_read_and_how_far_it_is(ingested: tuple[House, Watch]) -> None:
    home, watch = ingested
    assert watch.seen[-1]["bytes_done"] == len(leak(500)[0])
    assert watch.seen[-1]["rows"] == 500
    dataset = home.catalogue()[0].dataset("demo")
    assert (dataset.title, dataset.epoch, dataset.rows) == ("Fuite inventée (made-up leak)", 1, 500)
    assert {name: s.entries for name, s in dataset.schemes.items()} == watch.published
    assert list(watch.published) == ["nir-dob", "nir", "name-dob", "email", "phone"]
    assert [name for name, s in dataset.schemes.items() if s.public] == ["nir-dob"]
    assert home.ring.names() == sorted(f"demo/{name}/1" for name in watch.published)


def rewritten(source: bytes, encoding: str) -> bytes:
    """Return the same rows in another order and encoding, with every cell in quotes."""
    header, *rows = csv.reader(io.StringIO(source.decode("cp1252"), newline=""), delimiter=";")
    random.Random(1).shuffle(rows)
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL).writerows([header, *rows])
    return out.getvalue().encode(encoding)


def test_the_same_rows_in_another_guise_have_the_same_commitment(home: House) -> None:
    """Order, encoding, quotes and how the bytes arrive do not matter; one row less does."""
    source = leak(1500)[0]
    auto = MAPPING_TOML.replace('"cp1252"', '"auto"')
    reports = {
        "first": home.ingest(source, dataset="first"),
        "again": home.ingest(rewritten(source, "mac_roman"), auto, dataset="again"),
        "pipe": home.ingest(ShortReads(rewritten(source, "utf-8"), 999), auto, dataset="pipe"),
        "less": home.ingest(b"\r\n".join(source.split(b"\r\n")[:-4]), dataset="less"),
    }
    catalogue, _ = home.catalogue()
    commitments = {
        name: [s.commitment for s in catalogue.dataset(name).schemes.values()] for name in reports
    }
    assert sum(c is not None for c in commitments["first"]) >= 4
    assert commitments["first"] == commitments["again"] == commitments["pipe"]
    for one, other in zip(commitments["first"], commitments["less"], strict=True):
        assert one is None or one != other
    assert reports["first"].entries == reports["again"].entries == reports["pipe"].entries
    assert reports["first"].lines.total == 1501


def test_repeated_rows_make_one_entry(home: House) -> None:
    rows = phones(300)
    report = home.ingest(rows + rows.removeprefix(b"TEL\n") * 2, PHONES_TOML)
    assert (report.entries, report.source.counts.rows) == ({"phone": 300}, 900)
    # Nearly all of them without a second stretch.
    assert report.inputs < 330


def test_what_is_not_remembered_is_one_entry_all_the_same(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store decides what is distinct, also across commits."""
    monkeypatch.setattr(RecentInputs, "is_new", lambda _self, _encoded: True)
    monkeypatch.setattr(commits, "COMMIT_ENTRIES", 100)
    rows = phones(300)
    report = home.ingest(rows + rows.removeprefix(b"TEL\n") * 2, PHONES_TOML)
    assert (report.entries, report.inputs) == ({"phone": 300}, 900)


def test_a_second_ingest_of_a_dataset_is_refused_and_changes_nothing(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML)
    rows, names = home.rows_in(), home.ring.names()
    key = home.ring.load("demo/phone/1").secret
    with pytest.raises(DatasetExists):
        home.ingest(phones(400, 400), PHONES_TOML)
    assert (home.rows_in(), home.ring.names()) == (rows, names)
    assert home.ring.load("demo/phone/1").secret == key


def test_another_dataset_beside_it_changes_nothing_of_the_first(home: House) -> None:
    """Also when the second comes to nothing, and when one's name begins with the other's."""
    home.ingest(phones(300), PHONES_TOML, dataset="demo-2")
    rows = home.rows_in()
    with pytest.raises(InvalidSource):
        home.ingest(FailsAfter(phones(9000), 20_000), PHONES_TOML, dataset="demo")
    assert (home.rows_in(), home.ring.names()) == (rows, ["demo-2/phone/1"])


def interrupt() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("commit_entries", [1, 10**6])
@pytest.mark.parametrize("failure", [KeyboardInterrupt, InvalidSource])
def test_what_ends_an_ingest_that_got_nowhere_or_is_of_a_bad_source_leaves_nothing(
    home: House,
    failure: type[BaseException],
    commit_entries: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No draft, no entry, no key; and the next run works."""
    is_bad = failure is InvalidSource
    monkeypatch.setattr(commits, "COMMIT_ENTRIES", commit_entries if is_bad else 10**6)
    stream = FailsAfter(phones(4000), 30_000) if is_bad else io.BytesIO(phones(4000))
    with pytest.raises(failure):
        home.ingest(stream, PHONES_TOML, observer=Watch() if is_bad else Watch(interrupt))
    home.check_empty()
    home.ingest(phones(20), PHONES_TOML)
    assert home.rows_in()["Entry"] == 20


def test_an_error_of_the_device_is_told_without_its_data(home: House) -> None:
    with pytest.raises(InvalidSource, match="the source cannot be read: Input/output error"):
        home.ingest(FailsAfter(phones(9999), 30_000), PHONES_TOML)


def test_a_database_that_fails_while_filling_leaves_nothing_that_answers(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the cleaning up fails with it: the next run does it."""
    monkeypatch.setattr(commits, "COMMIT_ENTRIES", 1)

    def break_database() -> None:
        with home.engine.begin() as connection:
            connection.execute(text("ALTER TABLE entry RENAME TO lost"))

    with pytest.raises(Unavailable, match="the database failed: OperationalError"):
        home.ingest(phones(9999), PHONES_TOML, observer=Watch(on_reading=break_database))
    with home.engine.begin() as connection:
        connection.execute(text("ALTER TABLE lost RENAME TO entry"))
    assert home.catalogue()[0].datasets == ()
    assert home.rows_in()["Entry"] > 0
    home.ingest(phones(20), PHONES_TOML, is_anew=True)
    assert home.rows_in()["Entry"] == 20


def test_an_interruption_after_the_last_transaction_leaves_the_dataset_whole(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its keys must not be erased when its entries stay."""
    finish = pipeline.Ingest._finish

    def finish_and_interrupt(*arguments: Any) -> None:
        finish(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline.Ingest, "_finish", finish_and_interrupt)
    with pytest.raises(KeyboardInterrupt):
        home.ingest(phones(20), PHONES_TOML)
    home.publishing.publish("demo", by="somebody")
    catalogue, _ = home.catalogue()
    assert catalogue.index("demo", "phone").parameters.entries == 20


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (b"TEL\nNC\nSANS\n", "phone: format"),
        (b"TEL\n", "a header and nothing else"),
        (b"", "its first line names the columns"),
    ],
)
def test_a_source_that_gives_no_identifier_is_refused(
    home: House, source: bytes, told: str
) -> None:
    with pytest.raises(InvalidSource) as caught:
        home.ingest(source, PHONES_TOML)
    assert told in caught.value.hint
    home.check_empty()


def test_a_mapping_that_does_not_fit_writes_nothing(home: House) -> None:
    with pytest.raises(InvalidMapping, match="'TEL'"):
        home.ingest(b"PHONE\n0199000001\n", PHONES_TOML)
    home.check_empty()


def test_a_name_that_cannot_be_a_datasets_is_refused(home: House) -> None:
    with pytest.raises(InvalidInput):
        home.ingest(phones(1), PHONES_TOML, dataset="../demo")
    home.check_empty()


KILLED_RUN = """
import os, signal, sys
from pathlib import Path
from app.ingest import commits, progress
from app.ingest.distinct import RecentInputs
from tests.ingest.examples import PHONES_TOML, Watch, house, phones

# At the twentieth chunk, or when the first scheme is about to be published.
calls = iter(range(20 if sys.argv[2] == "on_reading" else 0))

def die():
    if next(calls, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)

commits.COMMIT_ENTRIES, progress._TOLD_EVERY_SECONDS = 1, 0
with house(Path(sys.argv[1])) as home:
    home.ingest(phones(900), PHONES_TOML, observer=Watch(**{sys.argv[2]: die}))
"""


@pytest.mark.parametrize("is_anew", [True, False])
@pytest.mark.parametrize("moment", ["on_reading", "on_publishing"])
def test_a_killed_run_answers_nobody_and_the_next_one_is_right(
    home: House, moment: str, is_anew: bool
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_RUN, str(home.folder), moment], cwd=ROOT, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert home.rows_in()["Entry"] > 0
    secret = home.ring.load("demo/phone/1").secret
    assert home.catalogue()[0].datasets == ()

    if is_anew:
        home.ingest(phones(300, 5000), PHONES_TOML, is_anew=True)
    else:
        home.ingest(phones(900), PHONES_TOML)
    assert home.rows_in()["Entry"] == (300 if is_anew else 900)
    assert home.ring.names() == ["demo/phone/1"]
    assert (home.ring.load("demo/phone/1").secret == secret) is not is_anew
    catalogue, holder = home.catalogue()
    pool = BoundedPool(workers=1, waiting=1)
    answering = Answering(catalogue, holder, pool)
    index = catalogue.index("demo", "phone")
    there, absent = ("0199005000", "0199000000") if is_anew else ("0199000000", "0199005000")
    for number, expected in ((there, Answer.EXPOSED), (absent, Answer.NOT_EXPOSED)):
        assert answering.lookup(index, {"phone": number}).result().answer is expected
    pool.close()


KILLED_BEGINNING = """
import os, signal, sys
from pathlib import Path
from app.crypto.keyring import KeyRing
from app.storage.drafts import SqlDraftStore
from tests.ingest.examples import house, leak

def counted(step):
    def taken(*arguments, **named):
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*arguments, **named)
    return taken

left = iter(range(int(sys.argv[2])))
SqlDraftStore.announce = counted(SqlDraftStore.announce)
KeyRing.create = counted(KeyRing.create)
SqlDraftStore.begin = counted(SqlDraftStore.begin)
with house(Path(sys.argv[1])) as home:
    home.ingest(leak(60)[0])
"""


# It is announced, five keys are made, and the empty indexes are written.
@pytest.mark.parametrize("steps", range(7))
def test_a_run_that_is_killed_while_it_begins_leaves_nothing_in_the_way(
    home: House, steps: int
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_BEGINNING, str(home.folder), str(steps)],
        cwd=ROOT, check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    assert len(home.ring.names()) == max(steps - 1, 0)
    assert home.rows_in()["SchemeIndex"] == 0
    assert home.catalogue()[0].datasets == ()
    home.ingest(leak(60)[0])
    assert len(home.ring.names()) == home.rows_in()["SchemeIndex"] == len(SCHEMES)
    assert [d.dataset for d in home.catalogue()[0].datasets] == ["demo"]


def test_keys_of_a_dataset_that_the_database_does_not_know_are_never_erased(home: House) -> None:
    """Whoever restored an older database still has the keys of what was published since."""
    secret = home.ring.create("demo/phone/1").secret
    with pytest.raises(KeyExists, match="does not know"):
        home.ingest(phones(5), PHONES_TOML)
    assert home.ring.load("demo/phone/1").secret == secret
    assert home.rows_in()["Dataset"] == 0


LOCKED_RUN = """
import sys
from pathlib import Path
from app.storage.lock import ingest_lock

with ingest_lock(Path(sys.argv[1]), "demo"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_refused_while_the_first_lives(home: House) -> None:
    """And not longer, even when the first is killed."""
    command = [sys.executable, "-c", LOCKED_RUN, str(home.folder)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(IngestRunning, match="demo"), ingest_lock(home.folder, "demo"):
            pass
        with ingest_lock(home.folder, "other"):
            pass
        first.kill()
        first.wait()
        with ingest_lock(home.folder, "demo"):
            home.ingest(phones(20), PHONES_TOML)


def test_two_datasets_can_be_filled_at_the_same_time(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One begins, commits and publishes while the other is in the middle."""
    monkeypatch.setattr(commits, "COMMIT_ENTRIES", 1)
    begun: list[str] = []

    def other() -> None:
        if not begun:
            begun.append("other")
            home.ingest(phones(300), PHONES_TOML, dataset="other")

    home.ingest(phones(300), PHONES_TOML, observer=Watch(on_reading=other))
    begun.clear()
    publishing = Watch(on_publishing=lambda: None if begun else _ingest_third(home, begun))
    home.ingest(phones(300), PHONES_TOML, dataset="fourth", observer=publishing)
    assert {d.dataset for d in home.catalogue()[0].datasets} == {"demo", "other", "third", "fourth"}
    assert home.rows_in()["Entry"] == 1200


def _ingest_third(home: House, begun: list[str]) -> None:
    begun.append("third")
    home.ingest(phones(300), PHONES_TOML, dataset="third")
