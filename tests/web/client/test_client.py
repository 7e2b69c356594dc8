"""The TypeScript client: its own tests, and its answers beside the truth from the real server."""

from __future__ import annotations

import json
import re
import subprocess
import unicodedata
from pathlib import Path

import pytest

from app.errors import InvalidField
from app.identity import characters
from app.identity.schemes import normalise_field
from tests.conftest import DATASET, Leak
from tests.serving import serving_settings

ROOT = Path(__file__).parents[3]
CLIENT = ROOT / "app/web/client"
BUILD = str(ROOT / "scripts/build-client")


def run(*arguments: str, given: str = "") -> str:
    """Run the client's script, and return what it prints."""
    done = subprocess.run(
        [BUILD, *arguments], input=given, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_its_own_tests_pass() -> None:
    """Slow: installs the packages the first time, and stretches at full cost without WebAssembly.

    The vectors in it are the ones that Python runs; that there are some is checked there.
    """
    printed = run("--test")
    counts = dict(re.findall(r"(tests|pass|fail|skipped|cancelled|todo) (\d+)", printed))
    assert int(counts["tests"]) > 200
    assert counts["pass"] == counts["tests"]


@pytest.mark.slow
def test_it_gives_the_true_answers_of_the_real_server(leak: Leak) -> None:
    """Slow: see above, for a checkout in which this test runs first."""
    asked = [
        line
        for scheme in ("nir-dob", "phone")
        for exposed in (True, False)
        for line in leak.lines(scheme, exposed=exposed)[:6]
    ]
    assert len(asked) == 24
    questions = [{k: v for k, v in line.items() if k != "exposed"} for line in asked]
    with serving_settings(leak.settings()) as server:
        given = "".join(json.dumps(question) + "\n" for question in questions)
        printed = run("--run", "ask", str(server.base_url), DATASET, given=given)
    expected = ["exposed" if line["exposed"] else "not exposed" for line in asked]
    assert printed.splitlines() == expected


# A character alone in a field of its own, and beside letters and digits of such a field.
PLACES = (
    ("nir", "1850578{}06048"),
    ("birth_date", "1985-05-12{}"),
    ("surname", "{}"),
    ("surname", "Le{}Goff"),
    ("given_name", "Anne{}Marie"),
    ("phone", "01990012{}34"),
    ("email", "a{}b@clinique.example"),
    ("email", "a@{}.example"),
    ("email", "a@é{}b.example"),
)


def outcome(field: str, raw: str) -> str:
    try:
        return normalise_field(field, raw)
    except InvalidField as refusal:
        return f"[{refusal.reason}]"


@pytest.mark.slow
def test_every_character_is_normalised_as_python_does() -> None:
    """Slow: see above. Every character up to the Japanese ones, and one in a hundred beyond.

    Those only that this Python's Unicode knows, as Node.js has another version of it. A domain
    may be refused that Python accepts, since platforms differ there; no other result may come.
    """
    codes = [*range(0x3100), *range(0x3100, 0x110000, 101)]
    known = [chr(code) for code in codes if unicodedata.category(chr(code)) not in ("Cn", "Cs")]
    asked = [(field, place.format(c)) for c in known for field, place in PLACES]
    given = "".join(json.dumps(question) + "\n" for question in asked)
    printed = run("--run", "outcomes", given=given).splitlines()
    assert len(printed) == len(asked) > 100_000
    wrong = [
        (field, ascii(raw), ascii(expected), ascii(result))
        for (field, raw), line in zip(asked, printed, strict=True)
        if (result := json.loads(line)) != (expected := outcome(field, raw))
        and not (raw.startswith("a@") and result == "[format]")
    ]
    assert not wrong[:20]


@pytest.mark.parametrize("name", ["SPACES", "HYPHENS", "APOSTROPHES"])
def test_its_characters_are_the_same(name: str) -> None:
    """Read from the source, since the vectors do not hold each of them."""
    source = (CLIENT / "identity/characters.ts").read_text(encoding="utf-8")
    without_comments = re.sub(r"//.*", "", source)
    (definition,) = re.findall(rf"export const {name} =([^;]*);", without_comments)
    escapes = re.findall(r"\\u\{?([0-9a-f]+)\}?", definition)
    assert "".join(chr(int(code, 16)) for code in escapes) == getattr(characters, name)


def test_its_lock_names_no_registry() -> None:
    """Packages come from the registry that the builder has set, and are known by their digests."""
    lock = json.loads((CLIENT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())
