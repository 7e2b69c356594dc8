"""Wrong input: said beside its field, in the visitor's language, focus on it, nothing computed."""

from __future__ import annotations

import httpx
import pytest

from app.web.pages.forms import MEDIA_TYPE, read_question
from tests.conftest import Leak
from tests.serving import serving_settings
from tests.web.pages.conftest import Form
from tests.web.pages.reading import Read, read

NIR = {
    "": ("Écrivez votre numéro", "Write your French social security number."),
    "1 85 05": ("n’a pas la bonne longueur", "does not have the right length"),
    "9850556950048": ("n’est pas à sa place", "is not in its place"),
    "1 85 05 56 950 048 47": (
        "La clé à deux chiffres ne correspond pas\u202f; vérifiez le numéro.",
        "The two-digit key does not match; check the number.",
    ),
}
DATES = {
    ("", "5", "1985"): ("Écrivez le jour", "Write the day"),
    ("12", "mai", "1985"): ("Écrivez la date en chiffres", "Write the date in figures"),
    ("12", "5", "85"): ("quatre chiffres", "four digits"),
    ("31", "2", "1985"): ("n’existe pas dans le calendrier", "no such day in the calendar"),
    ("12", "5", "1805"): ("Cette année n’est pas possible", "This year is not possible"),
    ("12", "5", "2999"): ("Cette année n’est pas possible", "This year is not possible"),
}
PATHS = ("/fr/reponse", "/en/answer")


def refused(pages: httpx.Client, path: str, data: dict[str, str]) -> Read:
    response = pages.post(path, data=data)
    assert response.status_code == 422
    assert "data-answer" not in response.text
    return read(response.text)


@pytest.mark.parametrize("typed", NIR)
def test_a_wrong_number_is_said_beside_its_field(
    pages: httpx.Client, form: Form, typed: str
) -> None:
    for path, words in zip(PATHS, NIR[typed], strict=True):
        page = refused(pages, path, form(nir=typed))
        field = page.one("input", id="nir")
        assert "nir-fault" in (field.attributes["aria-describedby"] or "").split()
        assert words in page.one("p", id="nir-fault").text
        assert field.attributes["aria-invalid"] == "true"
        assert "autofocus" in field.attributes
        assert "value" not in field.attributes
        assert words in page.one("a", href="#nir").text


@pytest.mark.parametrize("parts", DATES)
def test_a_wrong_date_is_said_beside_its_field(
    pages: httpx.Client, form: Form, parts: tuple[str, str, str]
) -> None:
    typed = dict(zip(("day", "month", "year"), parts, strict=True))
    for path, words in zip(PATHS, DATES[parts], strict=True):
        page = refused(pages, path, form(**typed))
        assert words in page.one("p", id="birth-fault").text
        assert "autofocus" in page.one("input", id="birth-day").attributes
        for field in page.all("input", inputmode="numeric"):
            assert field.attributes["aria-describedby"] == "birth-fault"
        assert not page.all("p", id="nir-fault")


def test_all_that_is_wrong_is_said_at_once_and_one_field_has_the_focus(
    pages: httpx.Client, form: Form
) -> None:
    page = refused(pages, "/en/answer", form(nir="1", day="31", month="2"))
    assert "2 fields need correcting" in page.one("h2", id="summary-title").text
    focused = [e for e in page.elements if "autofocus" in e.attributes]
    assert [e.attributes["id"] for e in focused] == ["nir"]
    assert page.one("title").text.startswith("To correct")


def test_a_date_that_was_right_is_kept_and_the_number_never(
    pages: httpx.Client, form: Form
) -> None:
    filled = form(nir="1 85 05 56 950 048 47")
    page = refused(pages, "/fr/reponse", filled)
    kept = {e.attributes["name"]: e.attributes.get("value") for e in page.all("input")}
    assert kept == {name: filled[name] for name in ("dataset", "day", "month", "year")} | {
        "nir": None
    }
    assert "le numéro n’a pas été gardé" in page.text


def test_an_empty_form_names_every_field(pages: httpx.Client) -> None:
    page = refused(pages, "/fr/reponse", {"dataset": "demo"})
    assert {"nir-fault", "birth-fault"} <= set(page.ids)


def test_a_leak_that_is_not_published_any_more_is_said(pages: httpx.Client, form: Form) -> None:
    page = refused(pages, "/fr/reponse", form(dataset="other"))
    assert "Choisissez la fuite" in page.one("p", id="dataset-fault").text


def test_nothing_is_computed_for_a_wrong_field(
    leak: Leak, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        pytest.fail("a lookup was made")

    monkeypatch.setattr("app.exposure.answering.Answering.lookup", never)
    with serving_settings(leak.settings()) as http:
        refused(http, "/fr/reponse", form(nir="1"))


def test_the_form_asks_browsers_to_keep_nothing(pages: httpx.Client) -> None:
    page = read(pages.get("/fr/").text)
    form = page.one("form")
    assert form.attributes["method"] == "post"
    assert form.attributes["autocomplete"] == "off"
    for name in ("nir", "day", "month", "year"):
        field = page.one("input", name=name).attributes
        assert (field["autocomplete"], field["spellcheck"]) == ("off", "false")
        assert not field.get("value")
    assert "verra ce numéro" in page.one("div", id="plain-notice").text
    assert page.ids.index("plain-notice") < page.ids.index("ask")


def test_a_question_does_not_show_what_was_typed() -> None:
    question = read_question(MEDIA_TYPE, b"dataset=demo&nir=1850556950048&day=1&month=1&year=1985")
    assert "1850556950048" not in repr(question) + str(question.kept())
