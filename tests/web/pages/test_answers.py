"""Yes, no, could not check: right, never mistaken for one another, and nothing typed in any."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from app.errors import Unavailable
from app.settings import Settings
from app.web.app import create_app
from app.web.main import wire
from app.web.services import Services
from tests.conftest import Leak
from tests.serving import serving, serving_settings
from tests.web.pages.conftest import Form, form_of
from tests.web.pages.reading import Read, read

PATHS = {"fr": "/fr/reponse", "en": "/en/answer"}
HEADINGS = {
    ("fr", "yes"): "Oui. Ce numéro figure dans cette fuite.",
    ("fr", "no"): "Non. Ce numéro ne figure pas dans ce fichier.",
    ("fr", "unknown"): "Nous n’avons pas pu vérifier.",
    ("en", "yes"): "Yes. This number is in this leak.",
    ("en", "no"): "No. This number is not in this file.",
    ("en", "unknown"): "We could not check.",
}
WORDS_OF_AN_ANSWER = re.compile(r"(?i)\b(non|oui|no|yes|is not in|figure)\b")


def kind_of(response: httpx.Response) -> tuple[str, Read]:
    """Return which answer a page gives, having checked that it gives only one."""
    page = read(response.text)
    (marked,) = [k for e in page.elements if (k := e.attributes.get("data-answer"))]
    code = page.one("html").attributes["lang"] or ""
    assert page.one("h1").text == HEADINGS[code, marked]
    return marked, page


def assert_unknown(response: httpx.Response, status: int) -> Read:
    """Check that a page can be taken for no answer, in either language."""
    assert response.status_code == status
    kind, page = kind_of(response)
    assert kind == "unknown"
    assert WORDS_OF_AN_ANSWER.search(page.text) is None
    return page


@pytest.mark.parametrize("code", PATHS)
def test_the_answer_is_right_for_everyone_in_the_truth(
    pages: httpx.Client, leak: Leak, code: str
) -> None:
    for line in (t for t in leak.truth if t["scheme"] == "nir-dob"):
        response = pages.post(PATHS[code], data=form_of(line))
        assert response.status_code == 200
        assert kind_of(response)[0] == ("yes" if line["exposed"] else "no")


@pytest.mark.parametrize("code", PATHS)
def test_yes_and_no_are_equally_long(pages: httpx.Client, form: Form, code: str) -> None:
    responses = [pages.post(PATHS[code], data=form(exposed=e)) for e in (True, False)]
    assert [kind_of(r)[0] for r in responses] == ["yes", "no"]
    raw = [
        (len(r.content), sorted((k, len(v)) for k, v in r.headers.items() if k != "date"))
        for r in responses
    ]
    assert raw[0] == raw[1]


@pytest.mark.promise("covers")
def test_a_no_says_what_it_covers(pages: httpx.Client, form: Form) -> None:
    text = kind_of(pages.post("/en/answer", data=form(exposed=False)))[1].text
    dataset = pages.get("/v1/datasets/demo").json()
    unusable = dataset["rows"] - dataset["schemes"]["nir-dob"]["rows"]
    assert dataset["title"] in text
    assert "23 February 2021" in text
    assert "No. 1, published on" in text
    assert f"{unusable} rows of the file cannot be found with this question" in text
    assert "Another leak is another question." in text


def test_a_yes_says_what_the_file_held_and_whom_to_turn_to(pages: httpx.Client, form: Form) -> None:
    text = kind_of(pages.post("/fr/reponse", data=form()))[1].text
    assert "Ce fichier est inventé" in text
    assert "Nous ne pouvons pas vous montrer votre ligne" in text
    for contact in ("17cyber.gouv.fr", "116\u00a0006", "www.cnil.fr", "novembre 2026"):
        assert contact in text


def test_the_number_is_read_as_it_is_printed_and_the_date_as_it_is_typed(
    pages: httpx.Client, leak: Leak
) -> None:
    lines = leak.lines("nir-dob", exposed=True)
    line = next(t for t in lines if re.search("-0", t["birth_date"]))
    typed = form_of(line)
    compact = re.sub(r"\D", "", typed["nir"])[:13]
    typed |= {"nir": f" {compact[0]} {compact[1:3]}.{compact[3:]} "}
    typed |= {part: f" {typed[part].lstrip('0')} " for part in ("day", "month")}
    assert kind_of(pages.post("/fr/reponse", data=typed))[0] == "yes"


def test_a_birth_date_of_somebody_else_is_a_no(pages: httpx.Client, form: Form) -> None:
    assert kind_of(pages.post("/fr/reponse", data=form(year="1901")))[0] == "no"


@pytest.fixture
def services(leak: Leak) -> Services:
    """What is published is read once: what a test takes away does not come back."""
    settings = leak.settings(workers=1, lookup_queue=1, renew_seconds=600, stale_seconds=600)
    return wire(settings)


@pytest.mark.parametrize("code", PATHS)
def test_when_there_is_no_capacity_it_is_unknown(services: Services, form: Form, code: str) -> None:
    gate = threading.Event()
    with serving(create_app(services)) as http:
        held = [services.answering._pool.submit(gate.wait) for _ in range(2)]
        try:
            response = http.post(PATHS[code], data=form(exposed=False))
        finally:
            gate.set()
        assert [future.result(10) for future in held] == [True, True]
    page = assert_unknown(response, 503)
    assert response.headers["retry-after"] == "2"
    words = {"fr": "Réessayez dans 2\u00a0secondes.", "en": "Try again in 2\u00a0seconds."}
    assert words[code] in page.text


@pytest.mark.parametrize("code", PATHS)
def test_when_a_limit_is_reached_it_is_unknown_and_says_how_long(
    leak: Leak, form: Form, code: str
) -> None:
    """The form is limited as the API is: per block, wrong input counted too, and per dataset."""
    for limits in ({"limit_lookups": "2/hour"}, {"limit_dataset": "2/day"}):
        with serving_settings(leak.settings(**limits)) as http:
            assert http.post(PATHS[code], data=form()).status_code == 200
            assert http.post(PATHS[code], data=form(nir="1")).status_code == 422
            response = http.post(PATHS[code], data=form(exposed=False))
            assert int(response.headers["retry-after"]) > 1
        page = assert_unknown(response, 429)
        assert re.search(r"(Réessayez dans|Try again in) \d+\u00a0(minute|heure|hour)s", page.text)


def test_the_form_and_the_api_share_a_datasets_budget(leak: Leak, form: Form) -> None:
    with serving_settings(leak.settings(limit_dataset="2/day")) as http:
        body = {"scheme": "phone", "phone": "01 99 00 95 00"}
        assert http.post("/v1/datasets/demo/lookups", json=body).status_code == 200
        assert http.post("/fr/reponse", data=form()).status_code == 200
        assert http.post("/en/answer", data=form()).status_code == 429


def test_a_question_by_two_schemes_counts_as_two(several: Settings, form: Form) -> None:
    settings = several.model_copy(update={"limit_lookups": "3/hour"})
    with serving_settings(settings) as http:
        assert http.post("/fr/reponse", data=form(dataset="both")).status_code == 200
        assert http.post("/fr/reponse", data=form(dataset="both")).status_code == 429
        assert http.post("/fr/reponse", data=form(dataset="first")).status_code == 200


def test_both_languages_share_a_blocks_limit(leak: Leak, form: Form) -> None:
    with serving_settings(leak.settings(limit_lookups="1/hour")) as http:
        assert http.post("/fr/reponse", data=form()).status_code == 200
        assert http.post("/en/answer", data=form()).status_code == 429


def test_when_a_block_sends_too_many_requests_the_refusal_is_a_page(leak: Leak) -> None:
    with serving_settings(leak.settings(limit_requests="1/minute")) as http:
        assert http.get("/fr/").status_code == 200
        assert_unknown(http.get("/en/"), 429)


@pytest.mark.parametrize("code", PATHS)
def test_what_fails_behind_the_page_is_unknown(
    services: Services, form: Form, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def choke(*_: object) -> None:
        raise ValueError(form(exposed=False)["nir"])

    with serving(create_app(services)) as http:
        services.answering._key_holder.hold([])
        assert_unknown(http.post(PATHS[code], data=form(exposed=False)), 503)
        monkeypatch.setattr("app.exposure.answering.encode_identifier", choke)
        assert_unknown(http.post(PATHS[code], data=form(exposed=False)), 500)


def test_before_anything_is_known_every_page_about_a_leak_is_unknown(
    services: Services, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise Unavailable("the database failed")

    monkeypatch.setattr(services.answering.catalogue, "renew", fail)
    with serving(create_app(services)) as http:
        for path in ("/fr/", "/en/", "/fr/fuites/demo"):
            assert_unknown(http.get(path), 503)
        for path in PATHS.values():
            assert_unknown(http.post(path, data=form()), 503)
        assert http.get("/fr/fonctionnement").status_code == 200


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"", "application/json", 422),
        (b"nir=1&nir=2", "application/x-www-form-urlencoded", 422),
        (b"phone=1", "application/x-www-form-urlencoded", 422),
        (b"nir", "application/x-www-form-urlencoded", 422),
        (b"nir=%FF", "application/x-www-form-urlencoded", 422),
        ("nir=é".encode(), "application/x-www-form-urlencoded", 422),
        (b"&".join(b"nir=1" for _ in range(99)), "application/x-www-form-urlencoded", 422),
        (b"nir=" + b"1" * 20_000, "application/x-www-form-urlencoded", 413),
    ],
    ids=["json", "twice", "unknown", "no value", "not UTF-8", "not escaped", "many", "long"],
)
def test_a_form_that_this_site_did_not_make_is_unknown(
    pages: httpx.Client, content: bytes, media_type: str, status: int
) -> None:
    for path in PATHS.values():
        response = pages.post(path, content=content, headers={"Content-Type": media_type})
        assert_unknown(response, status)


@contextmanager
def every_way(leak: Leak, form: Form) -> Iterator[list[httpx.Response]]:
    """Yield the page of every outcome, with marked values."""
    yes, no = form(), form(exposed=False)
    wrong = [
        no | {"nir": no["nir"][:-1] + "x"},
        no | {"year": "19999"},
        no | {"dataset": no["nir"]},
        no | {no["nir"]: "1"},
    ]
    with serving_settings(leak.settings(limit_lookups="11/hour")) as http:
        yield [
            http.post(path, data=data) for path in PATHS.values() for data in (yes, no, *wrong, yes)
        ]


def test_what_is_typed_is_in_no_page_header_or_log(
    captured_log: io.StringIO, leak: Leak, form: Form
) -> None:
    with every_way(leak, form) as responses:
        pass
    assert {r.status_code for r in responses} == {200, 422, 429}
    said = captured_log.getvalue()
    for filled in (form(), form(exposed=False)):
        digits = re.sub(r"\W", "", filled["nir"])
        date = f"{filled['year']}-{filled['month']}-{filled['day']}"
        for value in (filled["nir"], digits, digits[:13], date):
            for response in responses:
                assert value not in response.text
                assert value not in str(response.url) + str(response.headers)
            assert value not in said
    assert "/fr/reponse" in said


def test_an_answer_holds_no_field_and_nothing_of_the_form(pages: httpx.Client, form: Form) -> None:
    for exposed in (True, False):
        page = kind_of(pages.post("/fr/reponse", data=form(exposed=exposed)))[1]
        assert not page.all("input")
        assert not page.all("form")


def test_with_several_leaks_one_is_chosen_and_asked_by_its_own_fields(
    several: Settings, form: Form, leak: Leak
) -> None:
    with serving_settings(several) as http:
        page = read(http.get("/fr/").text)
        radios = {e.attributes["value"]: e for e in page.all("input", type="radio")}
        schemes = {name: e.attributes["data-schemes"] for name, e in radios.items()}
        assert schemes == {"first": "nir-dob", "second": "nir", "both": "nir-dob nir"}
        unchosen = http.post("/fr/reponse", data=form(dataset=""))
        assert unchosen.status_code == 422
        assert "Choisissez la fuite" in unchosen.text
        assert read(unchosen.text).one("input", id="dataset-both").attributes["autofocus"] is None
        assert kind_of(http.post("/fr/reponse", data=form(dataset="first")))[0] == "yes"
        nir = leak.lines("nir", exposed=True)[0]["nir"]
        by_number = {"dataset": "second", "nir": nir, "day": "", "month": "", "year": ""}
        assert kind_of(http.post("/en/answer", data=by_number))[0] == "yes"
        other_date = form(dataset="both", year="1901")
        assert kind_of(http.post("/fr/reponse", data=other_date))[0] == "yes"
        stranger = form(dataset="both", nir=leak.lines("nir", exposed=False)[0]["nir"])
        assert kind_of(http.post("/fr/reponse", data=stranger))[0] == "no"
        assert http.post("/en/answer", data=form(dataset="third")).status_code == 422
        assert "Ask your laboratory" in http.get("/en/leaks/third").text
        assert "à compléter par l’exploitant" in http.get("/fr/fuites/first").text
