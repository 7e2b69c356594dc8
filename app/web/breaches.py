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

# As that API calls what a field of ours holds.
DATA_CLASSES: Final[Mapping[str, str]] = {
    "nir": "Social security numbers",
    "birth_date": "Dates of birth",
    "surname": "Names",
    "given_name": "Names",
    "email": "Email addresses",
    "phone": "Phone numbers",
}


def breach_of(dataset: DatasetParameters, news: Sequence[News], description: str) -> Json:
    """Return a dataset as a breach.

    Args:
        dataset: what is published.
        news: what is known of its life.
        description: what the file held, as plain text; clients show this field as HTML.
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
        "PwnCount": _people(dataset),
        "Description": escape(description),
        "LogoPath": "",
        "Attribution": None,
        "DisclosureUrl": None,
        "DataClasses": data_classes([dataset]),
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


def data_classes(datasets: Iterable[DatasetParameters]) -> list[str]:
    """Return what kinds of data are known to be in any of them, in alphabetical order."""
    return sorted(
        {
            DATA_CLASSES[field]
            for dataset in datasets
            for scheme in dataset.schemes.values()
            if scheme.entries
            for field in SCHEMES[scheme.scheme].fields
        }
    )


def _people(dataset: DatasetParameters) -> int:
    """Return how many people are in it, at most: by the scheme that reaches the most rows.

    Its distinct identifiers, unless they are more than its rows, as a cell can be read in several
    ways that are all kept.
    """
    widest = max(dataset.schemes.values(), key=lambda scheme: scheme.rows, default=None)
    return 0 if widest is None else min(widest.entries, widest.rows)


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
