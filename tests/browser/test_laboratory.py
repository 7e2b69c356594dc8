"""The laboratory's page, in a browser, against a real server: no wrong answer, nothing left."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route
from sqlalchemy import text

from app.clients.registry import Issued
from app.settings import Settings
from app.storage.engine import open_database
from app.web.sessions import COOKIE
from app.web.signin import SignInDelay
from tests.browser.browsers import opening, wait_until
from tests.browser.laboratory import (
    MATCHED,
    PATHS,
    REASON,
    RESULT,
    begin,
    choose,
    counts,
    finish,
    laboratory,
    people,
    rows_of,
    save,
    sign_in,
    summary_of,
    write_list,
)
from tests.cli.commands import free_port
from tests.clients.examples import bearer, registry_of
from tests.conftest import Leak
from tests.serving import serving_settings

EVALUATIONS = "**/evaluations"
# Everything in which a page can keep something.
STORED = """async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name),
    local: localStorage.length,
    session: sessionStorage.length,
    caches: await caches.keys(),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    script: document.cookie,
})"""
NOTHING = {"databases": [], "local": 0, "session": 0, "caches": [], "workers": 0, "script": ""}


@pytest.fixture(scope="module")
def settings(leak: Leak, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The leak in a folder of its own, where clients can be added."""
    folder = tmp_path_factory.mktemp("laboratory") / "data"
    shutil.copytree(leak.data, folder)
    return leak.settings(data=folder, limit_client="unlimited", limit_refused="unlimited")


@pytest.fixture(scope="module")
def lab_site(settings: Settings) -> Iterator[str]:
    with serving_settings(settings) as client:
        yield str(client.base_url).rstrip("/")


@pytest.fixture
def lab(settings: Settings) -> Issued:
    """A laboratory with two schemes, so that a check has a middle."""
    return laboratory(settings.data, schemes=("nir-dob", "phone"), declared=1000)


@pytest.fixture
def lines(leak: Leak) -> list[dict[str, Any]]:
    """Twenty people, every second of them in the leak."""
    return [line for line in leak.truth if line["scheme"] == "nir-dob"][:20]


@pytest.fixture
def listed(leak: Leak, lines: list[dict[str, Any]], tmp_path: Path) -> Path:
    """Their list, with a telephone that nobody has, each its own."""
    rows = people(lines)
    rows = [[*rows[0], "TEL"], *([*r, f"01 99 00 98 {n:02d}"] for n, r in enumerate(rows[1:]))]
    return write_list(tmp_path / "patients.csv", rows)


def check_answers(page: Page, lines: list[dict[str, Any]]) -> None:
    """Check the work list against the truth."""
    found = [row[RESULT] for row in rows_of(save(page, "csv"))]
    assert found == ["exposed" if line["exposed"] else "not exposed" for line in lines]
    exposed = sum(line["exposed"] for line in lines)
    assert counts(page) == [exposed, len(lines) - exposed, 0, len(lines)]


def spent(site: str, lab: Issued) -> dict[str, int]:
    reply = httpx.get(f"{site}/v1/client", headers=bearer(lab), timeout=60)
    schemes = reply.json()["schemes"]
    return {scheme: each["spent"] for scheme, each in schemes.items()}


class Held:
    """Holds the first evaluation by a scheme until it is told.

    Not the first or the second of all: who computes for more than five seconds asks in parts.
    """

    def __init__(self, page: Page, scheme: str) -> None:
        self._page, self._scheme = page, f"/schemes/{scheme}/"
        self.route: Route | None = None
        page.route(EVALUATIONS, self._handle)

    def _handle(self, route: Route) -> None:
        if self.route is None and self._scheme in route.request.url:
            self.route = route
        else:
            route.continue_()

    def wait(self) -> Route:
        """Wait until one is held."""
        for _ in range(600):
            if self.route is not None:
                return self.route
            self._page.wait_for_timeout(50)
        pytest.fail("the check never came to its middle")


@pytest.mark.parametrize("language", PATHS)
def test_a_list_is_checked_and_nothing_of_it_is_left(
    browser: Browser,
    lab_site: str,
    lab: Issued,
    listed: Path,
    lines: list[dict[str, Any]],
    language: str,
) -> None:
    with opening(browser, lab_site + PATHS[language]) as page:
        sign_in(page, lab)
        assert page.evaluate(STORED) == NOTHING
        begin(page, listed)
        finish(page)
        assert page.text_content("#quota-note") == ""
        assert page.evaluate(STORED)["databases"] == ["concerne-list"]
        check_answers(page, lines)
        page.wait_for_selector("#kept:visible")
        assert page.evaluate(STORED) == NOTHING
        (cookie,) = page.context.cookies()
        assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == (COOKIE, True, "Strict")
        assert cookie["expires"] == -1
        # Both files can still be saved, and then all of it goes.
        assert save(page, "xlsx").startswith(b"PK")
        page.click("#finish")
        page.wait_for_selector("#step-file:visible")
        assert "NUM_SECU" not in page.content()
        page.click("#sign-out")
        page.wait_for_selector("#step-signin:visible")
        assert page.context.cookies() == []
        assert lab.credential.text not in page.content()
    assert spent(lab_site, lab) == {"nir-dob": len(lines), "phone": len(lines)}


def test_a_file_can_be_dropped(
    browser: Browser, lab_site: str, lab: Issued, listed: Path, lines: list[dict[str, Any]]
) -> None:
    """On its place; beside it, the browser is kept from opening it instead of the page."""
    drop = """([selector, text]) => {
        const files = new DataTransfer();
        files.items.add(new File([text], 'patients.csv'));
        const event = new DragEvent('drop', {
            bubbles: true, cancelable: true, dataTransfer: files,
        });
        return document.querySelector(selector).dispatchEvent(event);
    }"""
    with opening(browser, lab_site + PATHS["fr"]) as page:
        sign_in(page, lab)
        text = listed.read_text(encoding="cp1252")
        assert page.evaluate(drop, ["h1", text]) is False
        assert page.locator("#step-file").is_visible()
        assert page.evaluate(drop, ["#drop", text]) is False
        page.wait_for_selector("#step-columns:visible")
        page.click("#begin")
        finish(page)
        check_answers(page, lines)


def test_the_leak_that_is_chosen_is_the_one_that_is_asked(
    browser: Browser, several: Settings, leak: Leak, listed: Path, tmp_path: Path
) -> None:
    shutil.copytree(several.data, tmp_path / "data")
    settings = leak.settings(data=tmp_path / "data")
    lab = laboratory(settings.data, schemes=("nir-dob", "nir"), declared=1000)
    with serving_settings(settings) as client, opening(browser, "about:blank") as page:
        asked: list[str] = []
        page.on("request", lambda r: asked.append(r.url) if "/evaluations" in r.url else None)
        page.goto(f"{client.base_url}{PATHS['en']}")
        sign_in(page, lab)
        assert page.locator("#dataset option").count() == 4
        page.select_option("#dataset", "both")
        begin(page, listed)
        finish(page)
    assert {url.split("/v1/datasets/")[1].split("/")[0] for url in asked} == {"both"}


def test_a_reload_in_the_middle_loses_nothing_and_spends_nothing_twice(
    browser: Browser, lab_site: str, lab: Issued, listed: Path, lines: list[dict[str, Any]]
) -> None:
    with opening(browser, lab_site + PATHS["fr"]) as page:
        sign_in(page, lab)
        held = Held(page, "phone")
        begin(page, listed)
        held.wait()
        assert spent(lab_site, lab) == {"nir-dob": 20, "phone": 0}
        # Not the other way round: what is held would be let go, and answered before the page goes.
        page.reload()
        page.unroute(EVALUATIONS)
        # The session is still there, and so is what was done; the list itself is not.
        page.wait_for_selector("#unfinished:visible")
        other = write_list(listed.with_name("other.csv"), people(lines[:5]))
        choose(page, other)
        page.wait_for_selector("#file-fault:visible")
        assert "Ce n’est pas le fichier" in page.inner_text("#file-fault")
        asked: list[str] = []
        page.on("request", lambda r: asked.append(r.url) if "/evaluations" in r.url else None)
        choose(page, listed)
        finish(page)
        assert {url.split("/")[-2] for url in asked} == {"phone"}
        check_answers(page, lines)
        page.wait_for_selector("#kept:visible")
        assert page.evaluate(STORED) == NOTHING
    assert spent(lab_site, lab) == {"nir-dob": 20, "phone": 20}


def test_what_is_kept_for_a_reload_can_be_read_by_nobody(
    browser: Browser, lab_site: str, lab: Issued, listed: Path, lines: list[dict[str, Any]]
) -> None:
    """Keys that cannot be read out, and bytes in which nothing of the list is."""
    everything = """async () => {
        const opened = await new Promise((resolve) => {
            const request = indexedDB.open('concerne-list');
            request.onsuccess = () => resolve(request.result);
        });
        const all = (name) => new Promise((resolve) => {
            const request = opened.transaction(name).objectStore(name).getAll();
            request.onsuccess = () => resolve(request.result);
        });
        const keys = await all('keys');
        const records = await all('records');
        opened.close();
        return {
            keys: keys.map((key) => [key instanceof CryptoKey, key.extractable]),
            records: records.map((record) => Array.from(record)),
        };
    }"""
    with opening(browser, lab_site + PATHS["en"]) as page:
        sign_in(page, lab)
        held = Held(page, "phone")
        begin(page, listed)
        held.wait()
        kept = page.evaluate(everything)
        # Asked whether it is meant, somebody first says no.
        page.once("dialog", lambda dialog: dialog.dismiss())
        page.click("#forget-run")
        assert page.locator("#step-run").is_visible()
        page.once("dialog", lambda dialog: dialog.accept())
        page.click("#forget-run")
        page.wait_for_selector("#step-file:visible")
        assert page.evaluate(STORED) == NOTHING
        assert not page.locator("#unfinished").is_visible()
    assert kept["keys"] == [[True, False]] * 3
    assert len(kept["records"]) >= 2
    clear = b"\n".join(map(bytes, kept["records"]))
    for line in lines:
        assert line["nir"].replace(" ", "").encode() not in clear
    # As JSON has it: three letters alone are found by chance in a thousand random bytes.
    for word in (b'"nir"', b"demo", b"patients", b"scheme", b"epoch"):
        assert word not in clear


def test_what_comes_after_all_was_forgotten_is_forgotten_too(
    browser: Browser, lab_site: str, lab: Issued, listed: Path
) -> None:
    """An answer that is on its way when somebody gives up."""
    with opening(browser, lab_site + PATHS["fr"]) as page:
        sign_in(page, lab)
        held = Held(page, "nir-dob")
        begin(page, listed)
        route = held.wait()
        page.once("dialog", lambda dialog: dialog.accept())
        page.click("#forget-run")
        page.wait_for_selector("#step-file:visible")
        route.continue_()
        page.wait_for_timeout(1000)
        assert page.locator("#step-file").is_visible()
        assert page.evaluate(STORED) == NOTHING
        begin(page, listed)
        finish(page)


def test_a_pause_asks_nothing_until_it_is_over(
    browser: Browser, lab_site: str, lab: Issued, listed: Path, lines: list[dict[str, Any]]
) -> None:
    with opening(browser, lab_site + PATHS["fr"]) as page:
        sign_in(page, lab)
        held = Held(page, "nir-dob")
        begin(page, listed)
        route = held.wait()
        cores = page.evaluate("navigator.hardwareConcurrency")
        assert len(page.workers) == min(cores, len(lines))
        page.click("#pause")
        assert page.inner_text("#pause") == "Continuer"
        assert page.inner_text("#run-status") == "En pause."
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        route.continue_()
        page.wait_for_timeout(1500)
        assert asked == []
        page.click("#pause")
        finish(page)
        check_answers(page, lines)


def test_a_server_that_stops_is_waited_for(
    browser: Browser, settings: Settings, lab: Issued, listed: Path, lines: list[dict[str, Any]]
) -> None:
    """Another process answers in the end, and knows the session."""
    port = free_port()
    with opening(browser, "about:blank") as page:
        with serving_settings(settings, port=port):
            page.goto(f"http://127.0.0.1:{port}{PATHS['fr']}")
            sign_in(page, lab)
            held = Held(page, "phone")
            begin(page, listed)
            route = held.wait()
        route.continue_()
        page.locator("#run-status", has_text="Rien n’est perdu").wait_for()
        assert page.locator("#step-run").is_visible()
        with serving_settings(settings, port=port):
            finish(page, 120)
            check_answers(page, lines)


def test_a_session_that_ends_in_the_middle_is_begun_again_in_its_place(
    browser: Browser,
    lab_site: str,
    settings: Settings,
    lab: Issued,
    listed: Path,
    lines: list[dict[str, Any]],
) -> None:
    with opening(browser, lab_site + PATHS["fr"]) as page:
        sign_in(page, lab)
        held = Held(page, "phone")
        begin(page, listed)
        route = held.wait()
        engine = open_database(settings.data)
        with engine.begin() as connection:
            chosen = {"number": lab.client.number}
            connection.execute(text("DELETE FROM client_session WHERE client_id = :number"), chosen)
        engine.dispose()
        route.continue_()
        page.wait_for_selector("#signin-again #credential:visible")
        assert "Votre connexion s’est arrêtée" in page.inner_text("#run-status")
        assert page.evaluate("document.activeElement.id") == "credential"
        page.fill("#credential", lab.credential.text)
        page.keyboard.press("Enter")
        finish(page)
        check_answers(page, lines)
    assert spent(lab_site, lab) == {"nir-dob": 20, "phone": 20}


def lose_credential(page: Page, settings: Settings, lab: Issued, listed: Path) -> None:
    """Begin a check, and have the credential revoked before its second batch is answered."""
    sign_in(page, lab)
    held = Held(page, "phone")
    begin(page, listed)
    route = held.wait()
    engine = open_database(settings.data)
    registry_of(engine).revoke(lab.client.number, by="an operator")
    engine.dispose()
    route.continue_()


def test_a_revoked_credential_stops_it_and_nothing_is_a_no(
    browser: Browser, lab_site: str, settings: Settings, lab: Issued, listed: Path
) -> None:
    with opening(browser, lab_site + PATHS["fr"]) as page:
        lose_credential(page, settings, lab, listed)
        page.wait_for_selector("#signin-again #credential:visible")
        page.fill("#credential", lab.credential.text)
        page.keyboard.press("Enter")
        page.wait_for_selector("#signin-fault:visible")
        assert "n’est pas accepté" in page.inner_text("#signin-fault")
        assert "Appelez la personne qui vous a remis votre code." in page.inner_text(
            "#signin-again"
        )
        assert not page.locator("#step-result").is_visible()
        assert page.evaluate(STORED)["databases"] == ["concerne-list"]


def test_a_revoked_credential_leaves_what_is_known_and_is_gone_on_with_by_another(
    browser: Browser,
    lab_site: str,
    settings: Settings,
    lab: Issued,
    listed: Path,
    lines: list[dict[str, Any]],
) -> None:
    """The second scheme is not asked: who was not found by the first is no no."""
    with opening(browser, lab_site + PATHS["fr"]) as page:
        lose_credential(page, settings, lab, listed)
        page.wait_for_selector("#finish-early:visible")
        page.click("#finish-early")
        finish(page)
        assert page.inner_text("#step-result h1") == "La vérification n’est pas finie"
        assert "n’est plus accepté" in page.inner_text("#stopped")
        exposed = sum(line["exposed"] for line in lines)
        assert counts(page) == [exposed, 0, len(lines) - exposed, len(lines)]
        for row, line in zip(rows_of(save(page, "csv")), lines, strict=True):
            said = (row[RESULT], row[REASON])
            unknown = ("could not be checked", "not asked: the credential is refused")
            assert said == (("exposed", "") if line["exposed"] else unknown)
        page.locator("#kept", has_text="gardé").wait_for()
        assert b"the credential is refused" in summary_of(save(page, "xlsx"))
        assert page.evaluate(STORED)["databases"] == ["concerne-list"]
        page.reload()
        sign_in(page, laboratory(settings.data, schemes=("nir-dob", "phone"), declared=20))
        page.wait_for_selector("#unfinished:visible")
        choose(page, listed)
        finish(page)
        assert not page.locator("#stopped").is_visible()
        check_answers(page, lines)
        page.wait_for_selector("#kept:visible")
        assert page.evaluate(STORED) == NOTHING


def test_an_exhausted_quota_leaves_rows_unchecked(
    browser: Browser, lab_site: str, settings: Settings, listed: Path, lines: list[dict[str, Any]]
) -> None:
    few = laboratory(settings.data, schemes=("nir-dob", "phone"), declared=19)
    with opening(browser, lab_site + PATHS["fr"]) as page:
        # No time passes: after five seconds of computing, a part would be asked, and answered.
        page.clock.set_fixed_time(datetime.now(UTC))
        sign_in(page, few)
        held = Held(page, "nir-dob")
        begin(page, listed)
        route = held.wait()
        told = "Par nir-dob, votre liste pose 20 questions, et votre code en permet 19 en tout."
        assert told in page.inner_text("#quota-note")
        route.continue_()
        finish(page)
        assert "plus de questions" in page.inner_text("#stopped")
        assert counts(page) == [0, 0, len(lines), len(lines)]
        for row in rows_of(save(page, "csv")):
            assert row[RESULT] == "could not be checked"
            assert row[REASON] == "not asked: the quota is spent"
    assert spent(lab_site, few) == {"nir-dob": 0, "phone": 0}


def test_a_change_of_key_in_the_middle_gives_the_same_answers(
    browser: Browser, lab_site: str, lab: Issued, listed: Path, lines: list[dict[str, Any]]
) -> None:
    """The server says once that the epoch is gone; all is asked again, and costs nothing."""
    told = {"gone": 0}

    def go(route: Route) -> None:
        if told["gone"] == 0:
            told["gone"] = 1
            route.fulfill(status=410, content_type="application/problem+json", body="{}")
        else:
            route.continue_()

    with opening(browser, lab_site + PATHS["fr"]) as page:
        sign_in(page, lab)
        page.route("**/ranges?*", go)
        begin(page, listed)
        finish(page)
        check_answers(page, lines)
    assert told["gone"] == 1
    assert spent(lab_site, lab) == {"nir-dob": 20, "phone": 20}


@pytest.mark.parametrize("lie", ["proof", "range"])
def test_a_server_that_lies_gives_no_result(
    browser: Browser, lab_site: str, lab: Issued, listed: Path, lie: str
) -> None:
    def forge(route: Route) -> None:
        response = route.fetch()
        if lie == "proof":
            document = response.json()
            document["evaluated"].reverse()
            route.fulfill(response=response, json=document)
        else:
            route.fulfill(response=response, body=bytes(reversed(response.body())))

    with opening(browser, lab_site + PATHS["fr"]) as page:
        sign_in(page, lab)
        page.route(EVALUATIONS if lie == "proof" else "**/ranges?*", forge)
        begin(page, listed)
        page.wait_for_selector("#step-failed:visible")
        assert not page.locator("#step-result").is_visible()
        page.unroute_all()
        page.click("#again")
        page.wait_for_selector("#unfinished:visible")
        choose(page, listed)
        finish(page)


def test_two_windows_do_not_share_one_check(
    browser: Browser, lab_site: str, lab: Issued, listed: Path
) -> None:
    with opening(browser, lab_site + PATHS["fr"]) as page:
        sign_in(page, lab)
        other = page.context.new_page()
        other.goto(lab_site + PATHS["fr"])
        other.wait_for_selector("#step-failed:visible")
        assert "dans une autre fenêtre" in other.inner_text("#failure")
        page.close()
        # The browser gives the lock of a window back some time after it is closed.
        wait_until(other, "navigator.locks.query().then(({ held }) => held.length === 0)")
        other.click("#again")
        other.wait_for_selector("#step-file:visible")
        begin(other, listed)
        finish(other)


def test_a_typing_error_in_the_code_is_told_before_anything_is_sent(
    browser: Browser, lab_site: str, lab: Issued
) -> None:
    with opening(browser, lab_site + PATHS["fr"]) as page:
        page.wait_for_selector("#signin-form:visible")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.fill("#credential", lab.credential.text[:-1])
        page.keyboard.press("Enter")
        page.wait_for_selector("#signin-fault:visible")
        assert "Rien n’a été envoyé" in page.inner_text("#signin-fault")
        assert asked == []
        assert page.get_attribute("#credential", "aria-invalid") == "true"


def test_signing_in_again_and_again_is_slowed_down(
    browser: Browser, settings: Settings, lab: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first wait is a second: no time passes here, however long it takes to type.
    monkeypatch.setattr("app.web.routes.sessions.SignInDelay", lambda: SignInDelay(lambda: 0.0))
    engine = open_database(settings.data)
    registry_of(engine).revoke(lab.client.number, by="an operator")
    engine.dispose()
    with serving_settings(settings) as client, opening(browser, "about:blank") as page:
        page.goto(f"{client.base_url}{PATHS['en']}")
        for _ in range(4):
            page.wait_for_selector("#signin-form:visible")
            page.fill("#credential", lab.credential.text)
            with page.expect_response("**/v1/session") as answered:
                page.keyboard.press("Enter")
        assert answered.value.status == 429
        page.locator("#signin-fault", has_text="Too many attempts").wait_for()


def test_without_a_script_it_says_so_and_names_the_command(browser: Browser, lab_site: str) -> None:
    for language, words in (("fr", "a besoin d’un script"), ("en", "needs a script")):
        address = lab_site + PATHS[language]
        with opening(browser, address, java_script_enabled=False) as page:
            assert words in page.inner_text("main")
            assert "concerne check PATIENTS" in page.inner_text("main")
            shown = page.locator("form, input, button, select")
            assert not any(each.is_visible() for each in shown.all())


def test_a_script_that_does_not_come_is_noticed(browser: Browser, lab_site: str) -> None:
    with opening(browser, "about:blank") as page:
        page.route("**/list.js", lambda route: route.abort())
        page.goto(lab_site + PATHS["fr"])
        page.wait_for_selector(".late:visible", timeout=60_000)
        assert not page.locator("input, button").first.is_visible()


def test_the_patients_page_beside_it_sends_no_cookie_with_a_question(
    browser: Browser, lab_site: str, lab: Issued, leak: Leak
) -> None:
    from tests.browser.asking import ask

    with opening(browser, lab_site + PATHS["fr"]) as page:
        sign_in(page, lab)
        asked: list[dict[str, str]] = []
        page.on("request", lambda r: asked.append(r.all_headers()) if "/v1/" in r.url else None)
        page.goto(f"{lab_site}/fr/")
        assert ask(page, leak.lines("nir-dob", exposed=True)[0]) == "yes"
        assert len(asked) == 4
        assert not any("cookie" in headers for headers in asked)
        assert page.locator("script").count() == 1


def test_the_matched_schemes_are_named(
    browser: Browser, lab_site: str, lab: Issued, listed: Path, lines: list[dict[str, Any]]
) -> None:
    with opening(browser, lab_site + PATHS["fr"]) as page:
        sign_in(page, lab)
        begin(page, listed)
        finish(page)
        for row, line in zip(rows_of(save(page, "csv")), lines, strict=True):
            assert row[MATCHED] == ("nir-dob" if line["exposed"] else "")
            assert row["concerne_channels"] == "phone"
