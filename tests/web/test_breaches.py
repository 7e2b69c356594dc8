"""Breach metadata as clients of Have I Been Pwned's API v3 read it; and nobody's account."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pyhibp
import pytest

from app.crypto.keys import EvaluationKey
from app.crypto.stretch import PROFILES
from app.encoding import from_base64url
from app.lifecycle.history import News, NewsKind
from app.protocol.parameters import DatasetParameters, SchemeParameters
from app.scope.report import ScopeReport
from app.scope.showing.content import content_of
from app.settings import ScopeAccess
from app.web.breaches import breach_of, data_classes
from tests.browser.tools import installed, run
from tests.conftest import Leak
from tests.scope.showing.examples import PEOPLE, large_report, report_of_two, side
from tests.serving import serving_settings
from tests.web.test_routes import assert_problem

CANARY = "claire.canari@canari.example"
# Name and type of each field, as that API describes its breach model.
TYPES: dict[str, type | tuple[type, ...]] = {
    "Name": str,
    "Title": str,
    "Domain": str,
    "BreachDate": str,
    "AddedDate": str,
    "ModifiedDate": str,
    "PwnCount": int,
    "Description": str,
    "LogoPath": str,
    "Attribution": (str, type(None)),
    "DisclosureUrl": (str, type(None)),
    "DataClasses": list,
    "IsVerified": bool,
    "IsFabricated": bool,
    "IsSensitive": bool,
    "IsRetired": bool,
    "IsSpamList": bool,
    "IsMalware": bool,
    "IsSubscriptionFree": bool,
    "IsStealerLog": bool,
}
# Run by Node.js in the folder where the package is.
CLIENT = """
import {
    breach, breaches, breachedAccount, dataClasses, latestBreach, pasteAccount, search,
} from 'hibp';
const [baseUrl, account] = process.argv.slice(1);
const failed = (error) => `${error.name}: ${error.message}`;
console.log(JSON.stringify({
    all: await breaches({ baseUrl }),
    elsewhere: await breaches({ baseUrl, domain: 'laboratoire.example' }),
    one: await breach('demo', { baseUrl }),
    none: await breach('other', { baseUrl }),
    latest: await latestBreach({ baseUrl }),
    classes: await dataClasses({ baseUrl }),
    asked: [
        await breachedAccount(account, { baseUrl, apiKey: '0'.repeat(32) }).catch(failed),
        await breachedAccount(account, { baseUrl }).catch(failed),
        await pasteAccount(account, { baseUrl, apiKey: '0'.repeat(32) }).catch(failed),
        await search(account, { baseUrl, apiKey: '0'.repeat(32) }).catch(failed),
    ],
}));
"""


@pytest.fixture(scope="module")
def http(leak: Leak) -> Iterator[httpx.Client]:
    with serving_settings(leak.settings()) as client:
        yield client


def dataset(**changes: Any) -> DatasetParameters:
    values: dict[str, Any] = {
        "dataset": "megabus-2021",
        "title": "Fuite inventée",
        "breach_date": date(2021, 2, 23),
        "published_at": datetime(2026, 11, 25, 12, 30, 59, 123456, UTC),
        "ends_on": date(2027, 11, 25),
        "epoch": 2,
        "rows": 1000,
        "rows_rejected": 3,
        "schemes": {"nir-dob": scheme("nir-dob", 900, 950), "email": scheme("email", 99, 110)},
    }
    return DatasetParameters(**(values | changes))


def scheme(name: str, entries: int, rows: int) -> SchemeParameters:
    return SchemeParameters(
        scheme=name,
        epoch=2,
        public=True,
        public_key=EvaluationKey.generate().public_key,
        prefix_bits=0,
        range_length=entries,
        stretch=PROFILES["insecure-test-only"],
        entries=entries,
        rows=rows,
        commitment=None,
    )


def check_breach(breach: dict[str, Any]) -> None:
    """Check names, types and the forms of dates."""
    assert list(breach) == list(TYPES)
    for name, kind in TYPES.items():
        assert isinstance(breach[name], kind), name
        assert kind is bool or not isinstance(breach[name], bool), name
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", breach["BreachDate"])
    for name in ("AddedDate", "ModifiedDate"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", breach[name])
    assert breach["AddedDate"] <= breach["ModifiedDate"]
    assert breach["DataClasses"] == sorted(breach["DataClasses"])


def test_every_published_dataset_is_a_breach(http: httpx.Client, leak: Leak) -> None:
    (breach,) = http.get("/api/v3/breaches").json()
    check_breach(breach)
    assert (breach["Name"], breach["BreachDate"]) == ("demo", "2021-02-23")
    published = http.get("/v1/datasets/demo").json()
    assert breach["Title"] == published["title"]
    assert 300 < breach["PwnCount"] <= published["rows"]
    assert breach["ModifiedDate"] == published["published_at"][:19] + "Z"


def test_what_is_not_known_is_empty_and_a_medical_file_is_sensitive() -> None:
    breach = breach_of(dataset(), [], "x")
    check_breach(breach)
    assert breach["IsSensitive"] is True
    assert not any(breach[n] for n in TYPES if n.startswith("Is") and n != "IsSensitive")
    assert (breach["Domain"], breach["LogoPath"]) == ("", "")
    assert breach["Attribution"] is breach["DisclosureUrl"] is None


def test_it_was_added_with_its_first_publication_and_modified_with_its_last() -> None:
    last = dataset().published_at
    first = News(NewsKind.PUBLICATION, last - timedelta(days=3), "megabus-2021", 1, 900)
    news = [
        News(NewsKind.PUBLICATION, last - timedelta(days=9), "other", 1, 7),
        first,
        News(NewsKind.CORRECTION, last, "megabus-2021", 2, 1000),
    ]
    breach = breach_of(dataset(), news, "x")
    assert (breach["AddedDate"], breach["ModifiedDate"]) == (
        "2026-11-22T12:30:59Z",
        "2026-11-25T12:30:59Z",
    )
    # One that was published before there was a trail.
    assert breach_of(dataset(), news[:1], "x")["AddedDate"] == "2026-11-25T12:30:59Z"


def classes(found: DatasetParameters, report: ScopeReport | None = None) -> list[str]:
    kinds: list[str] = breach_of(found, [], "x", report)["DataClasses"]
    return kinds


def test_kinds_of_data_are_those_under_which_something_was_found() -> None:
    found = dataset(schemes={"nir-dob": scheme("nir-dob", 9, 9), "phone": scheme("phone", 0, 0)})
    assert classes(found) == ["Dates of birth", "Social security numbers"]
    both = [breach_of(each, [], "x") for each in (found, dataset())]
    assert data_classes(both) == ["Dates of birth", "Email addresses", "Social security numbers"]
    assert data_classes([]) == []


def test_a_report_for_everybody_adds_what_it_counts_and_nothing_that_it_hides() -> None:
    assert set(classes(dataset(), large_report())) - set(classes(dataset())) == {
        "Genders",
        "Personal health data",
        "Physical addresses",
    }
    (source,) = large_report().sources
    assert source.counted is not None
    hidden = side("kinds", {"name": 500, "address": None, "comment": None})
    tables = replace(source.counted, tables=(hidden,))
    report = replace(large_report(), sources=(replace(source, counted=tables),))
    assert classes(dataset(), report) == classes(dataset())


def test_people_are_those_of_the_report_unless_they_are_of_several_files() -> None:
    assert breach_of(dataset(), [], "x", large_report())["PwnCount"] == PEOPLE
    assert breach_of(dataset(), [], "x", report_of_two())["PwnCount"] == 900


def test_where_reports_are_for_journalists_none_of_their_numbers_is_here(leak: Leak) -> None:
    settings = leak.settings(scope_access=ScopeAccess.JOURNALISTS)
    with serving_settings(leak.settings()) as public, serving_settings(settings) as closed:
        (told,), (kept,) = (h.get("/api/v3/breaches").json() for h in (public, closed))
        people = content_of(_report_of(public), "en").sources[0].headlines[0].value
    assert str(told["PwnCount"]) == people
    assert "Personal health data" in told["DataClasses"]
    assert "Personal health data" not in kept["DataClasses"]


def _report_of(http: httpx.Client) -> ScopeReport:
    payload = http.get("/v1/datasets/demo/scope").text.split(".")[1]
    return ScopeReport.from_json(json.loads(from_base64url(payload, name="payload")))


@pytest.mark.parametrize(
    ("schemes", "people"),
    [
        ([("nir-dob", 900, 950), ("email", 99, 110)], 900),
        # Kept in more ways than there are rows.
        ([("nir-dob", 1400, 950), ("email", 99, 110)], 950),
        ([("email", 99, 110), ("phone", 200, 400)], 200),
        ([], 0),
    ],
)
def test_at_most_as_many_are_counted_as_the_widest_scheme_has(
    schemes: list[tuple[str, int, int]], people: int
) -> None:
    found = dataset(schemes={name: scheme(name, *counts) for name, *counts in schemes})
    assert breach_of(found, [], "x")["PwnCount"] == people


def test_a_description_is_text_that_clients_may_show_as_html() -> None:
    assert breach_of(dataset(), [], "a < b & <script>")["Description"] == (
        "a &lt; b &amp; &lt;script&gt;"
    )


def test_one_breach_is_the_one_of_the_list_and_the_latest(http: httpx.Client) -> None:
    (breach,) = http.get("/api/v3/breaches").json()
    assert http.get("/api/v3/breach/demo").json() == breach
    assert http.get("/api/v3/latestbreach").json() == breach
    assert http.get("/api/v3/dataclasses").json() == breach["DataClasses"]
    assert_problem(http.get("/api/v3/breach/other"), 404, "unknown-dataset")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1),
        ("?Domain=", 1),
        ("?Domain=adobe.example", 0),
        ("?domain=adobe.example", 0),
        ("?IsSpamList=false", 1),
        ("?IsSpamList=False", 1),
        ("?isspamlist=true", 0),
        ("?Domain=adobe.example&IsSpamList=false", 0),
        ("?SomethingElse=1", 1),
    ],
)
def test_the_list_is_filtered_as_documented(http: httpx.Client, query: str, count: int) -> None:
    assert len(http.get(f"/api/v3/breaches{query}").json()) == count


def test_a_filter_that_is_neither_true_nor_false_is_refused(http: httpx.Client) -> None:
    response = http.get("/api/v3/breaches?IsSpamList=perhaps")
    assert "perhaps" not in assert_problem(response, 422, "invalid-input")["detail"]


@pytest.mark.parametrize(
    "path",
    [
        f"/api/v3/breachedaccount/{CANARY}",
        f"/api/v3/breachedaccount/{CANARY}/more",
        f"/api/v3/breachedaccount/x?account={CANARY}&domain={CANARY}",
        f"/api/v3/pasteaccount/{CANARY}",
        f"/api/v3/breacheddomain/{CANARY}",
        f"/api/v3/stealerlogsbyemail/{CANARY}",
        f"/api/v3/breach/{CANARY}",
        f"/api/v3/breaches?account={CANARY}",
        f"/api/v3/{CANARY}",
        f"/api/v2/breachedaccount/{CANARY}",
    ],
)
def test_nobody_can_be_asked_for_and_who_tries_leaves_no_trace(
    leak: Leak, captured_log: io.StringIO, path: str
) -> None:
    with serving_settings(leak.settings()) as http:
        for headers in ({}, {"hibp-api-key": CANARY}):
            response = http.get(path, headers=headers)
            said = response.text + repr(response.headers)
            assert "canari" not in said
            assert "exposed" not in said
            if "/breach/" in path:
                assert_problem(response, 404, "unknown-dataset")
            elif "/breaches?" not in path:
                assert_problem(response, 403, "nobody-asked-for")
    lines = captured_log.getvalue()
    assert lines.count('"request"') == 2
    assert "canari" not in lines


@pytest.mark.parametrize("version", ["v2", "v3", "v4"])
@pytest.mark.parametrize("headers", [{}, {"hibp-api-key": "0" * 32}])
def test_who_asks_for_a_person_is_not_told_no_with_a_key_or_without(
    http: httpx.Client, version: str, headers: dict[str, str]
) -> None:
    """Clients of that API read a 404 as "in no breach"; nobody has looked."""
    response = http.get(f"/api/{version}/breachedaccount/{CANARY}", headers=headers)
    assert "nobody was looked up" in assert_problem(response, 403, "nobody-asked-for")["detail"]


def test_nothing_published_is_an_empty_list_and_no_latest(http: httpx.Client, leak: Leak) -> None:
    with serving_settings(leak.settings(data=leak.data.parent / "nothing")) as empty:
        assert empty.get("/api/v3/breaches").json() == []
        assert empty.get("/api/v3/dataclasses").json() == []
        assert_problem(empty.get("/api/v3/latestbreach"), 404, "unknown-dataset")


def test_the_client_of_npm_reads_it(http: httpx.Client) -> None:
    installed()
    address = f"{http.base_url}/api/v3"
    printed = json.loads(run("--input-type=module", "-e", CLIENT, "--", address, CANARY))
    (breach,) = http.get("/api/v3/breaches").json()
    assert printed["all"] == [breach]
    assert printed["one"] == printed["latest"] == breach
    assert printed["classes"] == breach["DataClasses"]
    assert printed["elsewhere"] == []
    assert printed["none"] is None
    # Anything else than an error would be read as in no breach.
    assert printed["asked"] == ["Error: Forbidden - access denied."] * 4


def test_the_client_of_pypi_reads_it(http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyhibp, "HIBP_API_BASE_URI", f"{http.base_url}/api/v3/")
    monkeypatch.setitem(pyhibp.pyHIBP_HEADERS, "User-Agent", "tests")
    monkeypatch.setitem(pyhibp.pyHIBP_HEADERS, "hibp-api-key", "0" * 32)
    (breach,) = pyhibp.get_all_breaches()
    check_breach(breach)
    assert pyhibp.get_single_breach("demo") == breach
    assert pyhibp.get_single_breach("other") == {}
    assert pyhibp.get_all_breaches(domain="laboratoire.example") == []
    assert pyhibp.get_data_classes() == breach["DataClasses"]
    for ask in (pyhibp.get_account_breaches, pyhibp.get_pastes):
        with pytest.raises(RuntimeError, match="403"):
            ask(CANARY)
