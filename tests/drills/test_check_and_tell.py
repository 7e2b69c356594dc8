"""From a list to letters: what one command writes, the next one reads, as CSV and as a workbook."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.worklist.columns import Outcome
from tests.cli.commands import concerne, concerne_serve
from tests.clients.examples import issued, new_client
from tests.conftest import Leak
from tests.drills.patients import SCHEMES, PatientList
from tests.notify.examples import NOTICE_TOML, filled_template
from tests.notify.pdf import pages

RECIPIENT = """[recipient]
name = ["PRENOM", "NOM"]
address = "RUE"
postcode = "CP"
town = "VILLE"
email = "COURRIEL"
phone = "TEL"

"""


@pytest.mark.parametrize("kind", [".csv", ".xlsx"])
def test_those_who_are_exposed_and_nobody_else_get_a_letter(
    leak: Leak, tmp_path: Path, kind: str
) -> None:
    data = tmp_path / "data"
    shutil.copytree(leak.data, data)
    patients = PatientList()
    for exposed, outcome in ((True, Outcome.EXPOSED), (False, Outcome.NOT_EXPOSED)):
        for number, known in enumerate(leak.lines("nir-dob", exposed=exposed)[:5]):
            # A name that a spreadsheet would compute, and that must come back as it was.
            name = {"surname": f"=NOM{exposed}{number}", "given_name": "Zoë"}
            patients.add({**name, "nir": known["nir"], "birth_date": known["birth_date"]}, outcome)
    patients.add({"surname": "PERSONNE"}, Outcome.UNCHECKED)
    listed, mapping = patients.write(tmp_path)
    credential, out = tmp_path / "credential", tmp_path / f"work{kind}"
    credential.touch(0o600)
    client = issued(data, new_client(schemes=SCHEMES))
    credential.write_text(client.credential.text, encoding="ascii")
    with concerne_serve(data, tmp_path / "log") as url:
        checked = concerne(
            "check", listed, "--server", url, "--dataset", "demo", "--mapping", mapping,
            "--credential-file", credential, "--out", out, "--schemes", "nir-dob", data=data,
        )  # fmt: skip
    assert checked.returncode == 1, checked.stderr
    assert b"11 rows: 5 exposed, 5 not exposed, 1 could not be checked" in checked.stdout
    template, told = tmp_path / "template", tmp_path / "told"
    head, _, others = NOTICE_TOML.partition("[laboratory]")
    assert head.strip().startswith("[recipient]")
    filled_template(template, f"{RECIPIENT}[laboratory]{others}")
    done = concerne("notify", out, "--template", template, "--out", told, data=data)
    assert done.returncode == 0, done.stderr
    letters = [" ".join(pages(path.read_bytes())) for path in told.glob("letters/*.pdf")]
    assert len(letters) == 5
    for number in range(5):
        assert sum(f"Zoë =NOMTrue{number}" in letter for letter in letters) == 1
