"""A laboratory at its page: a list of people who do not exist, signing in, checking, saving."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from app.clients.registry import Issued
from app.identity.schemes import SCHEMES
from tests.clients.examples import issued, new_client

PATHS = {"fr": "/fr/laboratoire", "en": "/en/laboratory"}
RESULT, REASON = "concerne_result", "concerne_reason"
MATCHED, CHANNELS = "concerne_schemes", "concerne_channels"


def laboratory(folder: Path, *, schemes: Sequence[str] = tuple(SCHEMES), declared: int) -> Issued:
    """Give a laboratory a credential without a margin."""
    expires_on = datetime.now(UTC).date() + timedelta(days=30)
    new = new_client(
        schemes=tuple(schemes), declared=declared, margin_percent=0, expires_on=expires_on
    )
    return issued(folder, new)


def write_list(path: Path, rows: Sequence[Sequence[str]], encoding: str = "cp1252") -> Path:
    """Write a list as old software does."""
    with path.open("w", encoding=encoding, newline="") as out:
        csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return path


def french(birth_date: str) -> str:
    """Return a date as a list writes it."""
    year, month, day = birth_date.split("-")
    return f"{day}/{month}/{year}"


def people(lines: Sequence[dict[str, Any]]) -> list[list[str]]:
    """Return a list of these lines of the truth, with a header."""
    rows = [["DOSSIER", "NUM_SECU", "DATE_NAISS"]]
    return rows + [[f"D{n}", t["nir"], french(t["birth_date"])] for n, t in enumerate(lines)]


def sign_in(page: Page, lab: Issued) -> None:
    """Type the credential, and come to the file."""
    page.wait_for_selector("#signin-form:visible")
    page.fill("#credential", lab.credential.text)
    page.keyboard.press("Enter")
    page.wait_for_selector("#step-file:visible")


def choose(page: Page, path: Path) -> None:
    """Choose a file."""
    page.set_input_files("#file", path)


def begin(page: Page, path: Path) -> None:
    """Choose a file, accept what is suggested, and begin."""
    choose(page, path)
    page.wait_for_selector("#step-columns:visible")
    page.click("#begin")


def finish(page: Page, seconds: int = 60) -> None:
    """Wait until it is finished, and fail as soon as the page says that it cannot be."""
    ended = "#step-result:visible, #step-failed:visible"
    page.wait_for_selector(ended, timeout=seconds * 1000)
    assert page.is_visible("#step-result"), page.inner_text("#failure")


def save(page: Page, kind: str) -> bytes:
    """Save the work list, and return what was saved."""
    with page.expect_download() as download:
        page.click(f"#save-{kind}")
    assert download.value.suggested_filename.endswith(f".{kind}")
    return Path(download.value.path()).read_bytes()


def rows_of(saved: bytes) -> list[dict[str, str]]:
    """Read a work list that was saved as CSV."""
    assert saved.startswith(b"\xef\xbb\xbf")
    text = io.StringIO(saved.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, delimiter=";"))


def summary_of(saved: bytes) -> bytes:
    """Return the sheet with the numbers, of a work list that was saved as a workbook."""
    with zipfile.ZipFile(io.BytesIO(saved)) as archive:
        return archive.read("xl/worksheets/sheet2.xml")


def counts(page: Page) -> list[int]:
    """Return the numbers of the result: exposed, not, unchecked, rows."""
    names = ("exposed", "not-exposed", "unchecked", "rows")
    shown = [page.inner_text(f"#count-{name}") for name in names]
    return [int("".join(filter(str.isdigit, text))) for text in shown]
