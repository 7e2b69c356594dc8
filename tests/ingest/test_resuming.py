"""An interrupted run goes on where it was, and ends as one that never was; or says why not."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from app.cli.reports import reject_report
from app.crypto import ristretto255 as group
from app.crypto.stretch import INSECURE_TEST_ONLY
from app.errors import InvalidInput, InvalidKey, KeyMissing, RunDiffers
from app.ingest import commits, evaluation
from app.ingest.checkpoints import INPUTS_BETWEEN, Checkpoint, Checkpoints
from app.lifecycle.forgetting import Forgetting
from app.reading.mapping import parse_mapping
from app.reading.records import RowCounts
from app.reading.rejects import RejectLimit
from app.reading.sources.bytestream import Prefix
from app.reading.sources.opening import LeakSource, Position
from app.reading.sources.rows import LineCounts
from app.storage.forgetting import SqlForgettingStore
from app.storage.tables import Entry, IngestRun
from tests.ingest.examples import PHONES_TOML, House, Watch, house, phones

ANY = RejectLimit.parse("100%")
ROWS = 900
# Rejects and repetitions among them, so that counts and what is remembered matter.
SOURCE = phones(ROWS) + b"x\n;\n" * 30 + phones(200, 5000)[4:] + b"y\n" * 10


@contextmanager
def salted(folder: Path) -> Iterator[House]:
    """Open a house with the same salt as every other here, so that entries can be compared."""
    with house(folder) as home:
        with home.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE deployment SET stretch_salt = zeroblob(16)")
        yield home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with salted(tmp_path / "data") as opened:
        yield opened


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commit after every chunk, and read little ahead."""
    monkeypatch.setattr(commits, "COMMIT_ENTRIES", 1)
    monkeypatch.setattr(evaluation, "CHUNKS_PER_WORKER", 8)


def interrupted(home: House, chunks: int, source: bytes = SOURCE, **options: object) -> Watch:
    """Run until so many chunks were evaluated, or to the end; return what was seen."""
    watch = Watch()
    left = [chunks]

    def count() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt

    watch.on_reading = count
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.ingest.progress._TOLD_EVERY_SECONDS", 0)
        with pytest.raises(KeyboardInterrupt):
            home.ingest(source, PHONES_TOML, observer=watch, max_rejects=ANY, **options)  # type: ignore[arg-type]  # passed on
    return watch


def points(home: House) -> set[bytes]:
    """Return the entries without the key: the same for every run over the same rows."""
    key = home.ring.load("demo/phone/1")
    inverse = group.invert(group.decode_scalar(key.secret))
    with Session(home.engine) as session:
        elements = session.exec(select(Entry.element)).all()
    return {bytes(group.multiply(inverse, group.Element(each))) for each in elements}


def finished(home: House) -> dict[str, object]:
    """Return everything that a run leaves, and that does not depend on its key or on the time."""
    with Session(home.engine) as session:
        run = session.exec(select(IngestRun)).one()
    left = {
        name: getattr(run, name)
        for name in ("state", "position", "source_sha256", "source_bytes", "rows", "rows_used",
                     "rejects", "refused_values", "forgotten")
    }  # fmt: skip
    catalogue, _ = home.catalogue()
    dataset = catalogue.dataset("demo")
    scheme = dataset.schemes["phone"]
    return left | {
        "points": points(home),
        "counts": (dataset.rows, dataset.rows_rejected, scheme.entries, scheme.rows),
        "commitment": scheme.commitment,
        "prefix_bits": scheme.prefix_bits,
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    with salted(tmp_path_factory.mktemp("whole") / "data") as home:
        home.ingest(SOURCE, PHONES_TOML, max_rejects=ANY)
        return finished(home)


@pytest.mark.parametrize("chunks", [*range(0, 100, 9), 136])
def test_it_ends_as_a_run_that_was_never_interrupted(
    home: House, whole: dict[str, object], chunks: int
) -> None:
    interrupted(home, chunks)
    assert home.catalogue()[0].datasets == ()
    home.ingest(SOURCE, PHONES_TOML, max_rejects=ANY)
    assert finished(home) == whole


def test_interrupted_again_and_again_it_ends_all_the_same(
    home: House, whole: dict[str, object]
) -> None:
    for chunks in (20, 30, 1, 15, 40):
        interrupted(home, chunks)
    home.ingest(SOURCE, PHONES_TOML, max_rejects=ANY)
    assert finished(home) == whole


def test_what_was_done_is_not_done_again(home: House) -> None:
    """But for what lies between the last checkpoint and the interruption."""
    seen = interrupted(home, 60).seen[-1]["inputs"]
    watch = Watch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.ingest.progress._TOLD_EVERY_SECONDS", 0)
        report = home.ingest(SOURCE, PHONES_TOML, observer=watch, max_rejects=ANY)
    chunk = evaluation.CHUNK_INPUTS
    # The chunk in which it was interrupted was evaluated, and not written.
    assert watch.seen[0]["inputs"] - chunk >= seen - INPUTS_BETWEEN - 2 * chunk
    assert report.inputs == ROWS + 200


def test_the_list_of_rejects_is_whole_and_holds_none_twice(home: House, tmp_path: Path) -> None:
    file, source = tmp_path / "rejects.jsonl", tmp_path / "source.csv"
    lists = []
    for chunks in ((), (118, 10, 6)):
        for each in chunks:
            with reject_report(file, source) as report:
                interrupted(home, each, report=report)
        with reject_report(file, source) as report:
            home.ingest(SOURCE, PHONES_TOML, max_rejects=ANY, report=report, is_anew=not chunks,
                        dataset="demo" if chunks else "other")  # fmt: skip
        lists.append(file.read_text())
        assert file.stat().st_mode & 0o777 == 0o600
    assert lists[0] == lists[1]
    assert lists[0].count("\n") == 70


def test_a_list_that_is_gone_is_told_before_anything_is_done(home: House, tmp_path: Path) -> None:
    file = tmp_path / "rejects.jsonl"
    with reject_report(file, tmp_path) as report:
        interrupted(home, 130, report=report)
    file.write_text("")
    with (
        reject_report(file, tmp_path) as report,
        pytest.raises(InvalidInput, match="report of the interrupted run"),
    ):
        home.ingest(SOURCE, PHONES_TOML, max_rejects=ANY, report=report)


@pytest.mark.parametrize(
    "other",
    [
        SOURCE.replace(b"0199000003", b"0199009999", 1),
        SOURCE[:2000],
        SOURCE.replace(b"TEL", b"TEL2", 1),
    ],
    ids=["a value", "shorter", "its header"],
)
def test_another_source_is_refused_and_the_run_stays(
    home: House, whole: dict[str, object], other: bytes
) -> None:
    interrupted(home, 60)
    with pytest.raises(InvalidInput):
        home.ingest(other, PHONES_TOML, max_rejects=ANY)
    home.ingest(SOURCE, PHONES_TOML, max_rejects=ANY)
    assert finished(home) == whole


def test_another_mapping_or_cost_is_refused_and_the_run_stays(
    home: House, whole: dict[str, object]
) -> None:
    interrupted(home, 60)
    dearer = dataclasses.replace(INSECURE_TEST_ONLY, memory_kib=INSECURE_TEST_ONLY.memory_kib * 2)
    for mapping, profile, told in (
        (PHONES_TOML.replace("Made up", "Another"), INSECURE_TEST_ONLY, "another mapping"),
        (PHONES_TOML, dearer, "another stretch profile"),
    ):
        with pytest.raises(RunDiffers, match=told) as caught:
            home.ingest(SOURCE, mapping, max_rejects=ANY, profile=profile)
        assert "--restart" in caught.value.hint
    home.ingest(SOURCE, "# a remark\n" + PHONES_TOML, max_rejects=ANY)
    assert finished(home) == whole


def test_anew_means_with_new_keys_and_nothing_of_the_old(home: House) -> None:
    interrupted(home, 60)
    secret = home.ring.load("demo/phone/1").secret
    home.ingest(phones(40, 7000), PHONES_TOML, is_anew=True)
    assert home.rows_in()["Entry"] == 40
    assert home.ring.load("demo/phone/1").secret != secret


def test_a_key_that_is_gone_or_another_is_refused(home: House) -> None:
    interrupted(home, 60)
    home.ring.erase("demo/phone/1")
    with pytest.raises(KeyMissing):
        home.ingest(SOURCE, PHONES_TOML, max_rejects=ANY)
    home.ring.create("demo/phone/1")
    with pytest.raises(InvalidKey):
        home.ingest(SOURCE, PHONES_TOML, max_rejects=ANY)


def test_who_was_forgotten_meanwhile_is_not_brought_in_by_it(home: House) -> None:
    """They may be among the entries already, under a key that nobody asks."""
    home.ingest(phones(10), PHONES_TOML, dataset="other")
    interrupted(home, 60)
    forgetting = Forgetting(SqlForgettingStore(home.engine), home.ring, home.folder / "keys")
    forgetting.forget("other", {"phone": "0199000003"}, by="somebody", in_every_leak=True)
    with pytest.raises(RunDiffers, match="somebody was forgotten"):
        home.ingest(SOURCE, PHONES_TOML, max_rejects=ANY)
    report = home.ingest(SOURCE, PHONES_TOML, max_rejects=ANY, is_anew=True)
    assert report.source.forgotten == 1
    assert report.entries["phone"] == ROWS + 200 - 1


def test_bytes_that_are_in_it_already_are_known(home: House) -> None:
    def repeats(source: bytes, dataset: str = "demo") -> bool:
        columns = parse_mapping(PHONES_TOML)
        stream = io.BytesIO(source)
        ingest = home.an_ingest(observer=Watch())
        found = ingest.repeats(stream, dataset)
        # What was not looked at can still be read.
        assert found or dataset == "demo" or LeakSource(stream, columns.source).open().header
        return found

    assert not repeats(SOURCE, "another")
    home.ingest(SOURCE, PHONES_TOML, max_rejects=ANY)
    assert repeats(SOURCE)
    assert not repeats(SOURCE + b"\n")
    assert not repeats(SOURCE, "another")


def a_position(rows: int) -> Position:
    return Position({"line": rows}, LineCounts(), Prefix(rows, bytes(32)))


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=60),
    st.lists(st.integers(1, 200), max_size=80),
)
def test_a_checkpoint_is_the_last_that_everything_before_it_was_evaluated_of(
    rows: list[tuple[int, bool]], steps: list[int]
) -> None:
    """However far the reading is ahead of the evaluation."""
    checkpoints, counts = Checkpoints(None), RowCounts()
    # Of each input, whether it is left out; of each place, how many inputs are before it.
    inputs: list[bool] = []
    noted: list[tuple[int, int]] = []
    evaluated = 0
    for place, (count, is_forgotten) in enumerate(rows, start=1):
        inputs += [is_forgotten] * count
        counts.rows = place
        if checkpoints.is_due(len(inputs)):
            checkpoints.note(a_position(place), counts, len(inputs))
            noted.append((place, len(inputs)))
        for _ in range(min(steps.pop() if steps else 0, len(inputs) - evaluated)):
            checkpoints.evaluated(is_forgotten=inputs[evaluated])
            evaluated += 1
        behind = [each for each in noted if each[1] <= evaluated]
        reached = checkpoints.reached
        if reached is None:
            assert not behind
        else:
            assert (reached.position.place["line"], reached.inputs) == behind[-1]
            assert reached.counts.rows == behind[-1][0]
            assert reached.forgotten == sum(inputs[: reached.inputs])


def test_a_checkpoint_reads_back_as_it_was_written() -> None:
    counts = RowCounts(rows=7, used=5)
    counts.reject("columns", 3)
    counts.reject("nothing usable", 4)
    counts.refused_values["nir: key"] += 2
    counts.scheme_rows["nir"] += 5
    made = Checkpoint(a_position(7), counts, 9, 1)
    assert Checkpoint.from_json(made.as_json()) == made
