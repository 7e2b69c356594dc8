"""From the exposed rows of a work list to people: one notice for each, and never one too few.

Rows are one person where they have the same name and the same address, or the same name and the
same e-mail. Where the laboratory gives its own numbers, the same name and the same number, and
nothing else: a father and a son of one name live at one address, and both must be told. So each
child of a household gets a letter of their own, in their own name, which their parents open.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.errors import InvalidField, InvalidWorkList
from app.identity.contact import normalise_email, normalise_phone
from app.identity.nir import normalise_nir
from app.worklist.columns import Channel
from app.worklist.recipients import Recipient

_KEY_BYTES: Final = 16
_NIR_CHARACTERS: Final = 13
_PRINTED_OR_KEPT: Final = ("name", "address", "postcode", "town", "country", "reference")
# Thirteen or fifteen signs in which somebody may have put spaces, hyphens or points.
_NIR_LIKE: Final = re.compile(r"(?<![0-9])[1-8](?:[ .\-]?[0-9ABab]){12,14}(?![0-9])")


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """Somebody who must be told.

    Args:
        keys: keyed digests by which the ledger knows them, the one it writes first.
        lines: of the work list that are about them.
        recipient: how they can be told, from all of these.
    """

    keys: tuple[str, ...]
    lines: tuple[int, ...]
    recipient: Recipient

    @property
    def channels(self) -> Sequence[Channel]:
        """In what ways they can be told."""
        return self.recipient.channels


def people_of(rows: Iterable[tuple[int, Recipient]], key: bytes) -> Sequence[Person]:
    """Return the people of exposed rows, in the order of the list.

    Args:
        rows: line number and recipient of each.
        key: of the ledger; keeps its digests from being tried out by who has only the ledger.

    Raises:
        InvalidWorkList: a name, an address or a reference holds a NIR, which no letter and no
            ledger may.
    """
    groups = _Groups()
    for line, recipient in rows:
        _check_no_nir(line, recipient)
        groups.add(line, recipient, [_digest(key, each) for each in _identities(line, recipient)])
    return list(groups.people())


class _Groups:
    """Rows that are joined wherever they share a digest."""

    def __init__(self) -> None:
        self._members: dict[int, list[tuple[int, Recipient]]] = {}
        self._keys: dict[int, list[str]] = {}
        self._owner: dict[str, int] = {}

    def add(self, line: int, recipient: Recipient, keys: Sequence[str]) -> None:
        found = sorted({self._owner[key] for key in keys if key in self._owner})
        group = found[0] if found else line
        members = self._members.setdefault(group, [])
        own = self._keys.setdefault(group, [])
        for other in found[1:]:
            members += self._members.pop(other)
            own += self._keys.pop(other)
        members.append((line, recipient))
        own += keys
        self._owner |= dict.fromkeys(own, group)

    def people(self) -> Iterator[Person]:
        for group in sorted(self._members):
            members = sorted(self._members[group], key=lambda member: member[0])
            yield Person(
                keys=tuple(dict.fromkeys(self._keys[group])),
                lines=tuple(line for line, _ in members),
                recipient=_merged([recipient for _, recipient in members]),
            )


def _merged(recipients: Sequence[Recipient]) -> Recipient:
    """Return the first row's recipient, with what only another row has."""
    merged = recipients[0]
    for channel, names in _FIELDS_OF.items():
        for each in recipients:
            if channel not in merged.channels and channel in each.channels:
                merged = replace(merged, **{name: getattr(each, name) for name in names})
    return merged


_FIELDS_OF: Final[Mapping[Channel, Sequence[str]]] = {
    Channel.POST: ("name", "address", "postcode", "town", "country"),
    Channel.EMAIL: ("email",),
    Channel.PHONE: ("phone",),
}


def _identities(line: int, recipient: Recipient) -> Iterator[tuple[str, ...]]:
    """Yield by what a row's person is known; rows that share one are one person's."""
    name = _plain(recipient.name)
    if recipient.reference:
        yield "reference", name, recipient.reference
        return
    channels = recipient.channels
    if name and recipient.address:
        place = (*recipient.address, recipient.postcode, recipient.town, recipient.country)
        yield "address", name, _plain(" ".join(place))
    if Channel.EMAIL in channels:
        yield "e-mail", name, normalise_email(recipient.email)
    if not (name and recipient.address) and Channel.EMAIL not in channels:
        if Channel.PHONE in channels:
            yield "phone", name, normalise_phone(recipient.phone)
        else:
            # Nothing tells whether it is the person of another row; nor can they be told.
            yield "line", name, str(line)


def _digest(key: bytes, identity: Sequence[str]) -> str:
    told = json.dumps(identity, ensure_ascii=False).encode()
    return hmac.new(key, told, hashlib.sha256).digest()[:_KEY_BYTES].hex()


def _plain(text: str) -> str:
    """Return a text as two spellings of it share: no case, accents or signs."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in _unaccented(letters)).split())


def _unaccented(text: str) -> str:
    return "".join(c for c in text if not unicodedata.combining(c))


def _check_no_nir(line: int, recipient: Recipient) -> None:
    for field in _PRINTED_OR_KEPT:
        value = getattr(recipient, field)
        texts = value if isinstance(value, tuple) else (value,)
        if any(map(_holds_nir, texts)):
            raise InvalidWorkList(
                f"line {line:,} has in a column of {field} what may be a social security"
                " number, which no letter and no ledger may hold",
                hint=f"look at {field} in [recipient] of the notice, or leave it out",
            )


def _holds_nir(text: str) -> bool:
    """Tell whether a text holds thirteen signs that make a NIR, whatever key stands behind."""
    return any(_is_nir(found[0]) for found in _NIR_LIKE.finditer(text))


def _is_nir(text: str) -> bool:
    try:
        normalise_nir("".join(filter(str.isalnum, text))[:_NIR_CHARACTERS])
    except InvalidField:
        return False
    return True
