"""Takes the README's pictures anew: `scripts/pictures`.

The three answers in a phone's width, each in another language or colour scheme; a laboratory's
list before and after it is checked. All of people who are made up.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from app.cli.ingestion import run_ingest
from app.settings import Settings
from app.synthesis.leak import synthesise
from app.synthesis.mapping import MAPPING_TOML
from tests.browser.asking import ask
from tests.browser.browsers import PHONE, browsing, opening
from tests.browser.laboratory import (
    PATHS,
    choose,
    finish,
    laboratory,
    people,
    sign_in,
    write_list,
)
from tests.serving import serving_settings

FOLDER = Path(__file__).parent / "pictures"
SHOWN = {"width": PHONE["width"], "height": 640}


def main() -> None:
    """Make up a leak, serve it, ask, and take the pictures."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(data=folder / "data", stretch_profile="insecure-test-only")
        truth = made_up(folder, settings)
        with serving_settings(settings) as client, browsing() as browser:
            for answer, language, scheme in (
                ("yes", "fr", "light"),
                ("no", "en", "light"),
                ("unknown", "fr", "dark"),
            ):
                options: dict[str, Any] = {"viewport": SHOWN, "color_scheme": scheme}
                address = f"{client.base_url}/{language}/"
                with opening(browser, address, device_scale_factor=2, **options) as page:
                    if answer == "unknown":
                        page.route("**/evaluations", lambda route: route.abort())
                    line = next(t for t in truth if t["exposed"] is (answer == "yes"))
                    assert ask(page, line) == answer
                    page.screenshot(path=FOLDER / f"{answer}.png")
            take_list(browser, f"{client.base_url}{PATHS['fr']}", settings, truth, folder)


def take_list(
    browser: Browser, address: str, settings: Settings, truth: list[dict[str, Any]], folder: Path
) -> None:
    """Take the laboratory's page: its columns, and its result."""
    lab = laboratory(settings.data, schemes=("nir-dob",), declared=1000)
    listed = write_list(folder / "patients.csv", people(truth))
    with opening(browser, address, viewport=SHOWN, device_scale_factor=2) as page:
        sign_in(page, lab)
        choose(page, listed)
        page.wait_for_selector("#step-columns:visible")
        page.screenshot(path=FOLDER / "columns.png")
        page.click("#begin")
        finish(page)
        page.screenshot(path=FOLDER / "result.png")


def made_up(folder: Path, settings: Settings) -> list[dict[str, Any]]:
    """Ingest a made-up leak, and return the truth about who can be asked for."""
    source, truth, mapping = folder / "leak.csv", folder / "truth.jsonl", folder / "mapping.toml"
    with source.open("wb") as out, truth.open("wb") as known:
        synthesise(rows=400, seed=7, out=out, truth=known)
    mapping.write_text(MAPPING_TOML, encoding="utf-8")
    run_ingest(settings, source, "demo", mapping)
    lines = map(json.loads, truth.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line["scheme"] == "nir-dob"]


if __name__ == "__main__":
    main()
