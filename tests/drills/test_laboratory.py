"""From a credential to the letters, with nothing but the commands that a laboratory types."""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.worklist.columns import Outcome
from tests.cli.commands import concerne, concerne_serve
from tests.conftest import DATASET, Leak
from tests.drills.patients import MAPPING, PatientList
from tests.notify.examples import NOTICE_TOML, filled_template
from tests.notify.pdf import pages

_OF_EACH = 12
_RECIPIENT = MAPPING[MAPPING.index("[recipient]") :]


def surname(number: int) -> str:
    """Return a name that is nobody's, and no other number's."""
    first, second = divmod(number, 26)
    return f"Zzyzx{string.ascii_lowercase[first]}{string.ascii_lowercase[second]}"


@pytest.fixture(scope="module")
def patients(leak: Leak) -> PatientList:
    """People of the leak and others, under names of their own; the last one has no address."""
    made = PatientList()
    for scheme in ("nir-dob", "email"):
        for is_exposed in (True, False):
            for known in leak.lines(scheme, exposed=is_exposed)[:_OF_EACH]:
                fields = {n: v for n, v in known.items() if n not in ("scheme", "exposed")}
                # One half have a name that a spreadsheet would compute.
                mark = "=" if scheme == "nir-dob" else ""
                name = {"surname": mark + surname(len(made.rows)), "given_name": "Zoë"}
                outcome = Outcome.EXPOSED if is_exposed else Outcome.NOT_EXPOSED
                made.add({**fields, **name}, outcome)
    number, birth_date = made.rows[0][1:3]
    made.rows.append(("D900001", number, birth_date, surname(600), "Zoë", "", "", "", "", ""))
    made.truth.append(Outcome.EXPOSED)
    return made


@pytest.fixture(scope="module")
def url(leak: Leak, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with concerne_serve(leak.data, tmp_path_factory.mktemp("serve") / "log") as address:
        yield address


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_whoever_is_exposed_and_nobody_else_gets_a_letter_once(
    form: str, leak: Leak, patients: PatientList, url: str, tmp_path: Path
) -> None:
    listed, mapping = patients.write(tmp_path)
    credential, result, out = tmp_path / "c", tmp_path / f"result.{form}", tmp_path / "told"
    given = concerne(
        "client", "add", "--person", "Claire Le Bihan", "--organisation", "Remparts",
        "--role", "lab", "--schemes", "nir-dob,name-dob,email", "--quota", 100,
        "--credential-file", credential, data=leak.data,
    )  # fmt: skip
    assert given.returncode == 0, given.stderr
    nothing = tmp_path / "no data"
    checked = concerne(
        "check", listed, "--server", url, "--dataset", DATASET, "--mapping", mapping,
        "--credential-file", credential, "--out", result, data=nothing,
    )  # fmt: skip
    assert checked.returncode == 1, checked.stderr

    notice = NOTICE_TOML[NOTICE_TOML.index("[laboratory]") :] + _RECIPIENT
    filled_template(tmp_path / "template", notice)
    notify = ("notify", result, "--template", tmp_path / "template", "--out", out)
    told = concerne(*notify, data=nothing)
    assert told.returncode == 0, told.stderr
    assert f"not reached by post: 1 (lines {len(patients.rows) + 1})" in told.stdout.decode()
    letters = [" ".join(pages(path.read_bytes())) for path in out.glob("letters/*.pdf")]
    addressed = zip(patients.rows[:-1], patients.truth, strict=False)
    for row, outcome in addressed:
        found = [letter for letter in letters if row[3].upper() in letter.upper()]
        assert len(found) == (outcome is Outcome.EXPOSED)
        assert not any(row[1] in letter for letter in letters if row[1])
    assert len(letters) == 2 * _OF_EACH

    again = concerne(*notify, data=nothing)
    assert again.returncode == 0, again.stderr
    assert len(list(out.glob("letters/*.pdf"))) == len(letters)
    shown = concerne(
        "notify", "evidence", "--ledger", out, "--out", tmp_path / "evidence", data=nothing
    )
    assert shown.returncode == 0, shown.stderr
    evidence = b"".join(path.read_bytes() for path in (tmp_path / "evidence").iterdir())
    assert b"Zzyzx" not in evidence
    assert patients.rows[0][0].encode() in evidence
