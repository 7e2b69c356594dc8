"""One made-up leak, ingested once, for every test that only asks about it."""

from __future__ import annotations

import io
import json
import logging
import os
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog

from app.cli.ingestion import run_ingest
from app.exposure.addresses import BlockDigests
from app.logs import configure_logs
from app.settings import Settings
from app.synthesis.leak import synthesise
from app.synthesis.mapping import MAPPING_TOML
from tests.turns import taking_turns

DATASET = "demo"
ROWS = 400

# Whether a change lands depends on what is in it, and not on what was drawn this time. To look for
# more: `scripts/test --hypothesis-profile=explore`.
# Nothing is too slow: under load a process may wait for its core longer than any deadline.
patient = hypothesis.settings(
    deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("explore", patient, derandomize=False)
hypothesis.settings.register_profile("same", patient, derandomize=True)
hypothesis.settings.load_profile("same")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have those come last that wait for what is still being installed when the others begin."""
    items.sort(key=lambda item: "browser" in item.path.parts)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Keep what measures apart from the rest."""
    with taking_turns(item):
        return (yield)


@dataclass(frozen=True)
class Leak:
    """A published leak and the truth about it.

    Args:
        data: the folder of database and keys.
        truth: lookups' bodies, each with its scheme and whether it is exposed.
        mapping: the mapping's file.
    """

    data: Path
    truth: list[dict[str, Any]]
    mapping: Path

    def settings(self, **changes: Any) -> Settings:
        """Return settings for this leak, cheap and unlimited unless changed."""
        lifted = {f"limit_{n}": "unlimited" for n in ("requests", "lookups", "evaluations")}
        lifted |= {f"limit_{n}": "unlimited" for n in ("ranges", "dataset", "client", "refused")}
        return cheap_settings(**({"data": self.data} | lifted | changes))

    def lines(self, scheme: str, *, exposed: bool) -> list[dict[str, Any]]:
        """Return the truth about one scheme."""
        return [t for t in self.truth if t["scheme"] == scheme and t["exposed"] is exposed]


def cheap_settings(data: Path, **changes: Any) -> Settings:
    """Return settings with the stretch that is for tests only."""
    values: dict[str, Any] = {"data": data, "stretch_profile": "insecure-test-only"}
    return Settings(**(values | changes))


@pytest.fixture(scope="session", autouse=True)
def _clean_environment() -> Iterator[None]:
    """Nobody's own settings change what the tests see."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith(("CONCERNE_", "RATELIMIT_"))]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_day() -> Iterator[None]:
    """A block of addresses has another name from midnight on: here it does not come."""
    day = datetime.now(UTC).date()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.web.main.BlockDigests", lambda: BlockDigests(lambda: day))
        yield


@pytest.fixture(scope="session")
def leak(tmp_path_factory: pytest.TempPathFactory) -> Leak:
    """A leak of 400 rows, of which `nir-dob` and `phone` are open to the public."""
    folder = tmp_path_factory.mktemp("leak")
    source, truth, mapping = folder / "leak.csv", folder / "truth.jsonl", folder / "mapping.toml"
    with source.open("wb") as out, truth.open("wb") as known:
        synthesise(rows=ROWS, seed=7, out=out, truth=known)
    text = MAPPING_TOML.replace(
        'public_schemes = ["nir-dob"]', 'public_schemes = ["nir-dob", "phone"]'
    )
    assert text != MAPPING_TOML
    mapping.write_text(text, encoding="utf-8")
    data = folder / "data"
    run_ingest(cheap_settings(data), source, DATASET, mapping)
    lines = truth.read_text(encoding="utf-8").splitlines()
    return Leak(data, [json.loads(line) for line in lines], mapping)


@pytest.fixture(scope="session")
def several(leak: Leak, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Four datasets: asked with a birth date, by number only, by both, and not by the pages."""
    folder = tmp_path_factory.mktemp("several")
    data = folder / "data"
    source = leak.mapping.parent / "leak.csv"
    text = leak.mapping.read_text(encoding="utf-8")
    public = 'public_schemes = ["nir-dob", "phone"]'
    for name, schemes in (
        ("first", '"nir-dob"'),
        ("second", '"nir"'),
        ("third", '"phone"'),
        ("both", '"nir-dob", "nir"'),
    ):
        mapping = folder / f"{name}.toml"
        changed = text.replace(public, f"public_schemes = [{schemes}]")
        mapping.write_text(changed, encoding="utf-8")
        run_ingest(cheap_settings(data), source, name, mapping)
    return cheap_settings(data)


class _LogOfThisTest(io.StringIO):
    """Hears no thread that ran before: a server writes its line when its answer has left."""

    def __init__(self) -> None:
        super().__init__()
        self._unheard = set(threading.enumerate()) - {threading.current_thread()}

    def write(self, text: str) -> int:
        return len(text) if threading.current_thread() in self._unheard else super().write(text)


@pytest.fixture
def captured_log() -> Iterator[io.StringIO]:
    """Everything that this test and the servers it starts log, as it would be in production."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = _LogOfThisTest()
    configure_logs("debug", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
