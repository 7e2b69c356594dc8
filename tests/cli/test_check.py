"""`concerne check` as a person meets it: what it refuses, says and writes, and its exit codes."""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyrage
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from app.cli.bulk import BulkServer
from app.cli.commands.check import describe
from app.cli.laboratory import LaboratoryKey, key_file_of, read_credential
from app.cli.main import main
from app.errors import InvalidInput
from app.identity.nir import nir_key
from app.web.pages.guidance import HELP_FILE
from app.worklist.columns import RESULT, Outcome
from app.worklist.reading import open_work_list
from app.worklist.summary import Summary
from tests.clients.examples import issued, new_client
from tests.conftest import Leak
from tests.serving import serving_settings

SCHEMES = ("nir-dob", "phone")
MAPPING = """
[fields]
nir = "NIR"
birth_date = { columns = ["NE_LE"], formats = ["%d/%m/%Y", "%Y-%m-%d"] }
phone = "TEL"
"""


@dataclass(frozen=True)
class House:
    """A server that answers, and a laboratory's folder."""

    url: str
    folder: Path
    leak: Leak
    credential: Path
    mapping: Path

    def check(self, patients: Path, *more: object, out: str = "out.csv") -> int:
        named = {
            "--server": self.url, "--dataset": "demo", "--mapping": self.mapping,
            "--credential-file": self.credential, "--out": self.folder / out,
        }  # fmt: skip
        options = [str(part) for pair in named.items() for part in pair]
        return main(["check", str(patients), *options, *map(str, more)])

    def listed(self, *rows: Sequence[str], header: Sequence[str] = ("NIR", "NE_LE", "TEL")) -> Path:
        path = self.folder / "patients.csv"
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";").writerows([header, *rows])
        path.write_text(text.getvalue(), encoding="utf-8")
        return path

    def person(self, *, exposed: bool, number: int = 0) -> tuple[str, str]:
        known = self.leak.lines("nir-dob", exposed=exposed)[number]
        year, month, day = known["birth_date"].split("-")
        return known["nir"], f"{day}/{month}/{year}"

    def phone(self, *, exposed: bool) -> str:
        return str(self.leak.lines("phone", exposed=exposed)[0]["phone"])

    def said(self, out: str = "out.csv") -> list[str]:
        text = (self.folder / out).read_text(encoding="utf-8-sig")
        return [row[RESULT] for row in csv.DictReader(io.StringIO(text), delimiter=";")]


@pytest.fixture(scope="module")
def served(leak: Leak, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path, str]]:
    data = tmp_path_factory.mktemp("check") / "data"
    shutil.copytree(leak.data, data)
    credential = issued(data, new_client(schemes=SCHEMES, declared=1000)).credential.text
    with serving_settings(leak.settings(data=data, limit_client="unlimited")) as http:
        yield str(http.base_url), data, credential


@pytest.fixture
def house(
    served: tuple[str, Path, str], leak: Leak, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> House:
    monkeypatch.setattr("app.cli.commands.check.warn_of_memory", lambda: None)
    credential, mapping = tmp_path / "credential", tmp_path / "list.toml"
    credential.touch(0o600)
    credential.write_text(served[2] + "\n", encoding="ascii")
    mapping.write_text(MAPPING, encoding="utf-8")
    return House(served[0], tmp_path, leak, credential, mapping)


IN, OUT, BAD = (each.value for each in Outcome)


def test_exit_code_1_means_that_somebody_is_exposed(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    exposed, absent = house.person(exposed=True), house.person(exposed=False)
    patients = house.listed([*exposed, ""], [*absent, ""], ["", "", ""])
    assert house.check(patients) == 1
    assert house.said() == [IN, OUT, BAD]
    told = capsys.readouterr().out
    assert "3 rows: 1 exposed, 1 not exposed, 1 could not be checked" in told
    assert "could not be checked, no usable identifier: 1" in told
    assert "asked: demo, epoch 1, by nir-dob, phone" in told
    assert "not asked by nir: the credential does not allow it" in told
    assert "out.state was removed" in told


def test_exit_code_0_means_that_every_row_was_checked_and_nobody_is(house: House) -> None:
    assert house.check(house.listed([*house.person(exposed=False), ""])) == 0
    assert house.said() == [OUT]


def test_exit_code_3_means_that_some_rows_are_not_known(house: House) -> None:
    patients = house.listed([*house.person(exposed=False), ""], ["1850556950048", "", ""])
    assert house.check(patients) == 3
    assert house.said() == [OUT, BAD]


def test_a_row_that_is_no_row_is_in_the_work_list_with_its_line(house: House) -> None:
    patients = house.listed([*house.person(exposed=True), ""], ["only one cell"])
    assert house.check(patients) == 1
    last = (house.folder / "out.csv").read_text(encoding="utf-8-sig").splitlines()[-1]
    assert last.startswith(";;;could not be checked;line 3: the row cannot be read")


def test_the_laboratorys_own_columns_and_cells_are_kept(house: House) -> None:
    header = ("NIR", "NE_LE", "TEL", "NOTE", "")
    note = '=1+1;"x"'
    patients = house.listed([*house.person(exposed=True), "+33199000001", note, "b"], header=header)
    assert house.check(patients) == 1
    with (house.folder / "out.csv").open("rb") as stream, open_work_list(stream) as found:
        assert list(found.header) == ["NIR", "NE_LE", "TEL", "NOTE", "column_5"]
        (row,) = found.rows()
    assert row.cells == (*house.person(exposed=True), "+33199000001", note, "b")


def test_channels_are_those_of_the_recipient(house: House) -> None:
    recipient = '[recipient]\nname = "NOM"\naddress = "RUE"\npostcode = "CP"\ntown = "VILLE"\n'
    house.mapping.write_text(MAPPING + recipient, encoding="utf-8")
    header = ("NIR", "NE_LE", "TEL", "NOM", "RUE", "CP", "VILLE")
    person = house.person(exposed=True)
    patients = house.listed(
        [*person, "0199000001", "Martin", "1 rue X", "56990", "Nulle"],
        [*person, "0199000001", "Martin", "", "56990", "Nulle"],
        header=header,
    )
    assert house.check(patients) == 1
    lines = (house.folder / "out.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[1].endswith(";post")
    assert lines[2].endswith(";nir-dob;")


@pytest.mark.parametrize("convention", ["excel", "libreoffice"])
def test_a_workbook_is_read_as_spreadsheets_write_it(house: House, convention: str) -> None:
    """Dates as numbers; a NIR as text, and as a number of 15 digits, as of 13."""
    people = (house.person(exposed=True, number=number) for number in range(20))
    # A number of Corsica is no number.
    exposed = next(each for each in people if each[0].replace(" ", "").isdigit())
    absent = house.person(exposed=False)
    nir = exposed[0].replace(" ", "")
    path = house.folder / "patients.xlsx"
    write = _excel if convention == "excel" else _libreoffice
    with_key = nir if len(nir) == 15 else f"{nir}{nir_key(nir):02}"
    write(
        path,
        [
            (with_key, exposed[1]),
            (int(with_key), exposed[1]),
            (int(with_key[:13]), exposed[1]),
            (absent[0], absent[1]),
        ],
    )
    assert house.check(path, out="out.xlsx") == 1
    with (house.folder / "out.xlsx").open("rb") as stream, open_work_list(stream) as found:
        said = [row.outcome.value for row in found.rows()]
    assert said == [IN, IN, IN, OUT]


def test_a_workbook_of_several_lists_is_refused_until_one_is_named(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    path = house.folder / "patients.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, person in (("2020", house.person(exposed=False)), ("Vide", ()), ("2021", ())):
            sheet = book.add_worksheet(name)
            if name != "Vide":
                sheet.write_row(0, 0, ["NIR", "NE_LE", "TEL"])
                sheet.write_row(1, 0, person or house.person(exposed=True))
    assert house.check(path) == 2
    told = capsys.readouterr().err
    assert "1 more sheet with something in them, and only one is read" in told
    assert not (house.folder / "out.csv").exists()
    named = '[source]\nsheet = "2021"\n'
    house.mapping.write_text(named + MAPPING, encoding="utf-8")
    assert house.check(path, out="out.xlsx") == 1
    with CalamineWorkbook.from_path(str(house.folder / "out.xlsx")) as book:
        said, summary = (book.get_sheet_by_index(n).to_python() for n in (0, 1))
    assert [row[3] for row in said] == [RESULT, IN]
    assert ["Feuilles non vérifiées", "Sheets not checked", 1.0] in summary
    assert "sheets of the workbook that are not checked: 1" in capsys.readouterr().err


def _days(text: str) -> int:
    """Return a day as spreadsheets count it, from 1899-12-30."""
    day, month, year = map(int, text.split("/"))
    return (date(year, month, day) - date(1899, 12, 30)).days


def _excel(path: Path, rows: Sequence[tuple[str | int, str]]) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, day = book.add_worksheet("Patients"), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["NIR", "NE_LE", "TEL"])
        for number, (nir, born) in enumerate(rows, start=1):
            sheet.write(number, 0, nir)
            sheet.write_number(number, 1, _days(born), day)


def _libreoffice(path: Path, rows: Sequence[tuple[str | int, str]]) -> None:
    """Write the same with what LibreOffice writes otherwise: types told, texts of formulas."""
    _excel(path, rows)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"].decode()
    sheet = sheet.replace('"><v>', '" t="n"><v>').replace('t="s" t="n"', 't="s"')
    assert sheet.count('t="n"') >= len(rows)
    text = '<c r="C2" t="str"><f>T("")</f><v></v></c></row><row r="3"'
    sheet = sheet.replace('</row><row r="3"', text)
    members["xl/worksheets/sheet1.xml"] = sheet.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_an_encrypted_list_is_read_with_its_key(house: House) -> None:
    identity = pyrage.x25519.Identity.generate()
    plain = house.listed([*house.person(exposed=True), ""])
    path, keys = house.folder / "patients.csv.age", house.folder / "keys"
    path.write_bytes(pyrage.encrypt(plain.read_bytes(), [identity.to_public()]))
    keys.write_text(str(identity), encoding="ascii")
    plain.unlink()
    assert house.check(path, "--identity", keys) == 1


def test_schemes_can_be_chosen(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    patients = house.listed([*house.person(exposed=True), house.phone(exposed=False)])
    assert house.check(patients, "--schemes", "phone") == 0
    assert "not asked by nir-dob: not chosen" in capsys.readouterr().out
    assert house.check(patients, "--schemes", "nir", out="b.csv") == 2
    assert "does not allow" in capsys.readouterr().err


def test_without_a_mapping_the_one_to_write_is_shown_and_nothing_is_asked(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [[*house.person(exposed=True, number=n), f"01990000{n:02}"] for n in range(40)]
    patients = house.listed(*rows)
    assert main(["check", str(patients), "--suggest"]) == 0
    printed = capsys.readouterr().out
    # What stands before it is the log of the server, which runs in this process.
    suggested = printed[printed.index("# A guess") :]
    assert 'nir = "NIR"' in suggested
    assert main(["check", str(patients)]) == 2
    told = capsys.readouterr().err
    assert "missing option --mapping" in told
    assert suggested in told
    # It can be used as it is.
    house.mapping.write_text(suggested, encoding="utf-8")
    assert house.check(patients) == 1


def test_a_column_that_is_not_there_is_refused_with_those_that_are(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    patients = house.listed(["x"], header=("NUMERO",))
    assert house.check(patients) == 2
    told = capsys.readouterr().err
    assert "'NIR'" in told
    assert "'NUMERO'" in told
    assert not (house.folder / "out.state").exists()


def test_what_is_there_is_not_written_over(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    patients = house.listed([*house.person(exposed=True), ""])
    (house.folder / "out.csv").write_text("notes of a week", encoding="utf-8")
    assert house.check(patients) == 2
    assert "out.csv is there already" in capsys.readouterr().err
    assert (house.folder / "out.csv").read_text(encoding="utf-8") == "notes of a week"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda h: h.credential.write_text("concerne_" + "A" * 48), "to the letter"),
        (lambda h: h.credential.write_text("secret"), "begins with concerne_"),
        (lambda h: h.credential.chmod(0o644), "open to others"),
        (lambda h: h.credential.unlink(), "cannot be read"),
        (lambda h: key_file_of(h.credential).write_text("x"), "open to others"),
    ],
)  # fmt: skip
def test_a_secret_that_is_none_or_that_others_can_read_is_refused_before_anything_is_sent(
    house: House, change: object, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(house)  # type: ignore[operator]
    patients = house.listed([*house.person(exposed=True), ""])
    assert main([
        "check", str(patients), "--server", "http://127.0.0.1:1", "--dataset", "demo",
        "--mapping", str(house.mapping), "--credential-file", str(house.credential),
        "--out", str(house.folder / "out.csv"), "--patience", "0",
    ]) == 2  # fmt: skip
    assert words in capsys.readouterr().err


def test_a_credential_that_the_server_does_not_know_is_unknown(
    house: House, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = issued(tmp_path / "elsewhere").credential.text
    house.credential.write_text(other, encoding="ascii")
    assert house.check(house.listed([*house.person(exposed=True), ""])) == 3
    assert "whoever gave you the credential" in capsys.readouterr().err
    assert not (house.folder / "out.csv").exists()


@pytest.mark.parametrize("named", ["clients", "contact"])
def test_whom_to_call_is_whom_the_operator_names(
    house: House,
    served: tuple[str, Path, str],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    named: str,
) -> None:
    """For people with credentials, else for everybody; on one line, whatever is in the file."""
    text = HELP_FILE.read_text(encoding="utf-8")
    told = f'{named} = "Zoé\\u001b[2J Accès,\\n 01 99 00 12 34"'
    (tmp_path / "help.toml").write_text(
        re.sub(f'(?m)^{named} = ""', lambda _: told, text), encoding="utf-8"
    )
    house.credential.write_text(issued(tmp_path / "elsewhere").credential.text, encoding="ascii")
    settings = house.leak.settings(data=served[1], help_file=tmp_path / "help.toml")
    with serving_settings(settings) as http:
        other = replace(house, url=str(http.base_url))
        assert other.check(house.listed([*house.person(exposed=True), ""])) == 3
    assert "hint: call Zoé [2J Accès, 01 99 00 12 34; what was done" in capsys.readouterr().err


def test_a_credential_that_is_revoked_tells_whom_to_call_in_the_work_list_too() -> None:
    told = Summary(
        "demo", "t", 1, date(2026, 1, 2), ("nir",), {}, "the credential is refused", "Léa"
    )
    lines = list(told.lines())
    at = lines.index(("INCOMPLÈTE", "NOT FINISHED", "the credential is refused"))
    assert lines[at + 1] == ("Qui appeler", "Whom to call", "Léa")


def test_the_laboratorys_key_is_made_once_for_its_owner_and_kept(house: House) -> None:
    path = key_file_of(house.credential)
    first = LaboratoryKey.of(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert LaboratoryKey.of(path).state_secret == first.state_secret
    assert [p.name for p in house.folder.iterdir() if p.name.startswith(".")] == []
    assert path.read_text(encoding="ascii").strip() not in repr(first)


def test_the_key_has_nothing_to_do_with_the_credential(house: House, tmp_path: Path) -> None:
    """What the server sees with every request must not tell a blind."""
    keys = [LaboratoryKey.of(tmp_path / name).state_secret for name in "ab"]
    assert keys[0] != keys[1]
    assert read_credential(house.credential).encode() not in b"".join(keys)


@pytest.mark.parametrize(
    "url", ["http://leaks.example", "ftp://x", "leaks.example", "http://10.0.0.1"]
)
def test_a_credential_is_never_sent_in_clear(url: str) -> None:
    with pytest.raises(InvalidInput):
        BulkServer(url, "concerne_x")


@pytest.mark.parametrize(
    "url", ["https://leaks.example", "http://127.0.0.1:1", "http://localhost:1"]
)
def test_over_tls_or_to_this_machine_it_is(url: str) -> None:
    with BulkServer(url, "concerne_x"):
        pass


def test_a_description_has_no_scheme_that_was_not_asked() -> None:
    summary = Summary("demo", "t", 1, date(2026, 1, 2), ("nir",), {"email": "not chosen"})
    assert describe(summary).splitlines()[1:] == [
        "  found by nir: 0", "asked: demo, epoch 1, by nir", "not asked by email: not chosen",
    ]  # fmt: skip
