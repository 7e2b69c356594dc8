"""Published datasets in the form that Have I Been Pwned's API v3 made a convention.

Names, types and their meaning are that API's, so that what reads it reads this. It has no place
for what is not known: such a field is empty, false or null, and never a guess. There is no record
of anybody, and no way to ask for one: https://haveibeenpwned.com/API/v3#BreachModel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Final

from app.identity.schemes import SCHEMES
from app.lifecycle.history import News, first_published
from app.protocol.messages import Json
from app.protocol.parameters import DatasetParameters
from app.scope.report import ScopeReport
from app.scope.table import ScopeTable

# As that API calls what a field of ours holds.
DATA_CLASSES: Final[Mapping[str, str]] = {
    "nir": "Social security numbers",
    "birth_date": "Dates of birth",
    "surname": "Names",
    "given_name": "Names",
    "email": "Email addresses",
    "phone": "Phone numbers",
}
# And what a scope report counts: the tables that are there, and the kinds that people have.
_TABLE_CLASSES: Final[Mapping[str, str]] = {
    "exam-year": "Personal health data",
    "sex": "Genders",
}
_KIND_CLASSES: Final[Mapping[str, str]] = {
    "address": "Physical addresses",
    "prescriber": "Personal health data",
    "comment": "Personal health data",
}


def breach_of(
    dataset: DatasetParameters,
    news: Sequence[News],
    description: str,
    report: ScopeReport | None = None,
) -> Json:
    """Return a dataset as a breach.

    Args:
        dataset: what is published.
        news: what is known of its life.
        description: what the file held, as plain text; clients show this field as HTML.
        report: of its scope, where that is for everybody.
    """
    added = first_published(news, dataset.dataset) or dataset.published_at
    return {
        "Name": dataset.dataset,
        "Title": dataset.title,
        # A file of laboratories is of no web site.
        "Domain": "",
        "BreachDate": dataset.breach_date.isoformat(),
        "AddedDate": _instant(min(added, dataset.published_at)),
        "ModifiedDate": _instant(dataset.published_at),
        "PwnCount": _people(dataset, report),
        "Description": escape(description),
        "LogoPath": "",
        "Attribution": None,
        "DisclosureUrl": None,
        "DataClasses": _data_classes(dataset, report),
        # That somebody confirmed it is for them to say.
        "IsVerified": False,
        "IsFabricated": False,
        # To be in a file of medical laboratories tells something of a person's health.
        "IsSensitive": True,
        "IsRetired": False,
        "IsSpamList": False,
        "IsMalware": False,
        "IsSubscriptionFree": False,
        "IsStealerLog": False,
    }


def data_classes(breaches: Iterable[Json]) -> list[str]:
    """Return what kinds of data are known to be in any of them, in alphabetical order."""
    return sorted({kind for breach in breaches for kind in breach["DataClasses"]})


def _data_classes(dataset: DatasetParameters, report: ScopeReport | None) -> list[str]:
    found = {
        DATA_CLASSES[field]
        for scheme in dataset.schemes.values()
        if scheme.entries
        for field in SCHEMES[scheme.scheme].fields
    }
    for source in () if report is None else report.sources:
        found |= {_TABLE_CLASSES[t.name] for t in source.tables if t.name in _TABLE_CLASSES}
        found |= _kinds_of(source.table("kinds"))
    return sorted(found)


def _kinds_of(table: ScopeTable | None) -> set[str]:
    """Return what people are known to have of; a number that is hidden says nothing."""
    if table is None:
        return set()
    kinds = zip(table.dimensions[0].values, table.cells, strict=False)
    return {_KIND_CLASSES[k] for k, people in kinds if people is not None and k in _KIND_CLASSES}


def _people(dataset: DatasetParameters, report: ScopeReport | None) -> int:
    """Return how many people are in it, at most.

    The report's number, where it has one: of several sources it does not, as they may be the same
    people. Else the distinct identifiers of the scheme that reaches the most rows, unless they are
    more than its rows, as a cell can be read in several ways that are all kept.
    """
    if report is not None and len(report.sources) == 1 and report.sources[0].people is not None:
        return report.sources[0].people
    widest = max(dataset.schemes.values(), key=lambda scheme: scheme.rows, default=None)
    return 0 if widest is None else min(widest.entries, widest.rows)


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
