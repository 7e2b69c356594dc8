"""What is public about a deployment, a dataset and its schemes, and needed to ask them anything.

Nothing here is secret: a handler that holds these types cannot leak a key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.crypto.keys import PublicKey
from app.crypto.stretch import StretchProfile
from app.errors import InvalidInput, UnknownScheme

PROTOCOL_VERSION = 1
SUITE = "ristretto255-SHA512"
MODE = "VOPRF"

# Elements in one request: a lab's, and the public's.
LAB_BATCH_MAXIMUM = 4096
PUBLIC_BATCH_MAXIMUM = 8

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")


@dataclass(frozen=True, slots=True)
class DeploymentParameters:
    """What all datasets of one deployment share.

    Args:
        stretch_salt: 16 public bytes, one per deployment, so that one stretch serves all datasets.
        normalisation: the version of the rules in `identity`.
    """

    stretch_salt: bytes
    normalisation: int


@dataclass(frozen=True, slots=True)
class SchemeParameters:
    """One index: a dataset's entries under one scheme in one epoch.

    Args:
        scheme: the scheme's name.
        epoch: counts up from 1; a new key is a new epoch.
        public: whether everybody may ask by this scheme.
        public_key: of this epoch's evaluation key.
        prefix_bits: 0 to 20.
        range_length: entries in each range, filling included.
        stretch: the cost of one input.
        entries: distinct inputs that the source gave. They stay what they were when somebody is
            taken out later: a number that went down would tell everybody that somebody was.
        rows: rows of the source that gave at least one input.
        commitment: 32 bytes (protocol §8), or None below 1,000 entries.
    """

    scheme: str
    epoch: int
    public: bool
    public_key: PublicKey
    prefix_bits: int
    range_length: int
    stretch: StretchProfile
    entries: int
    rows: int
    commitment: bytes | None


@dataclass(frozen=True, slots=True)
class DatasetParameters:
    """One published dataset.

    Args:
        dataset: its slug.
        title: for people.
        breach_date: when the data were taken, or the leak was found.
        published_at: when this epoch became the current one, UTC.
        ends_on: the day, UTC, with whose beginning it answers nobody any more and is erased.
        epoch: the current one.
        rows: rows that the source held.
        rows_rejected: rows among them that gave no input under any scheme.
        schemes: by name, in the order in which they are offered.
    """

    dataset: str
    title: str
    breach_date: date
    published_at: datetime
    ends_on: date
    epoch: int
    rows: int
    rows_rejected: int
    schemes: Mapping[str, SchemeParameters]

    def scheme(self, name: str) -> SchemeParameters:
        """Return one scheme's parameters.

        Raises:
            UnknownScheme: the dataset has none of that name.
        """
        try:
            return self.schemes[name]
        except KeyError:
            raise UnknownScheme(
                f"the dataset {self.dataset} has no such scheme",
                hint=f"it has {', '.join(self.schemes)}",
            ) from None


def check_slug(slug: str) -> str:
    """Return the slug if it can name a dataset in a URL, a key ring and a file.

    Raises:
        InvalidInput: it cannot.
    """
    if not _SLUG.match(slug):
        raise InvalidInput(
            "a dataset's name is 1 to 64 of a–z, 0–9 and hyphens, the first no hyphen",
            hint="for example: megabus-2021",
        )
    return slug


def key_name(dataset: str, scheme: str, epoch: int) -> str:
    """Return the name under which a key ring holds the key of one index."""
    return f"{dataset}/{scheme}/{epoch}"
