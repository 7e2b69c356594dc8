"""Who is in a made-up leak and who is not: questions with their answers.

Those who are in it are drawn evenly from the distinct identifiers of the whole leak. Those who are
not are so by construction, whatever the leak drew: numbers, names, addresses and ranges that are
kept for them (`people`, `vocabulary`), and, because that is the mistake that hurts, people of the
leak with another birth date: the 17th, on which nobody in it was born.
"""

from __future__ import annotations

import hashlib
import heapq
import json
from typing import TYPE_CHECKING, Final

from app.identity.nir import nir_key
from app.identity.schemes import SCHEMES
from app.synthesis.people import (
    ABSENT_COMMUNES,
    ABSENT_SUBSCRIBERS,
    ADULT,
    DAY_WITHOUT_BIRTHS,
    FIRST_EXAM,
    LAST_EXAM,
    MAN,
    WOMAN,
    make_birth_date,
    make_given_name,
    make_landline,
    make_local_part,
    make_mobile,
    make_nir,
)
from app.synthesis.record import (
    EMAIL,
    NAME_DOB,
    NIR,
    NIR_DOB,
    PHONE,
    email_identifier,
    name_dob_identifier,
    nir_dob_identifier,
    nir_identifier,
    phone_identifier,
)
from app.synthesis.spelling import capitals
from app.synthesis.vocabulary import ABSENT_MAIL_DOMAIN, ABSENT_SURNAMES, LABORATORIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.synthesis.draw import Draw
    from app.synthesis.record import Identifier

# So many of each scheme that are exposed, and as many that are not, where the leak has as many.
PER_SCHEME: Final = 1000


class DistinctSample:
    """An even draw from the distinct identifiers of a stream, in bounded memory.

    Keeps those whose hash is smallest ("bottom k"). Somebody who comes ten times has one hash, so
    comes in no sooner than who comes once, and nothing needs to remember what was seen.

    Args:
        size: how many to keep.
        label: makes the draw another one for another seed and scheme.
    """

    def __init__(self, size: int, label: str) -> None:
        self._size = size
        self._label = label
        self._kept: dict[str, Identifier] = {}
        # Negated hashes, so that the largest one kept is on top.
        self._heap: list[tuple[int, str]] = []

    def offer(self, identifier: Identifier) -> None:
        """Take note of an identifier that is in the leak."""
        key = identifier.key
        digest = hashlib.blake2b(f"{self._label} {key}".encode(), digest_size=8).digest()
        rank = -int.from_bytes(digest, "big")
        full = len(self._heap) == self._size
        if (full and rank <= self._heap[0][0]) or key in self._kept:
            return
        if full:
            _, dropped = heapq.heapreplace(self._heap, (rank, key))
            del self._kept[dropped]
        else:
            heapq.heappush(self._heap, (rank, key))
        self._kept[key] = identifier

    def drawn(self) -> list[Identifier]:
        """Return what is kept, in an order that says nothing about the leak's."""
        return [self._kept[key] for _, key in sorted(self._heap, reverse=True)]


class Truth:
    """Collects who is in the leak, and then asks about them and about as many who are not.

    Args:
        draw: where chance comes from.
        seed: the leak's.
    """

    def __init__(self, draw: Draw, seed: int) -> None:
        self._draw = draw
        self._samples = {
            scheme: DistinctSample(PER_SCHEME, f"{seed} {scheme}") for scheme in SCHEMES
        }

    def offer(self, identifier: Identifier) -> None:
        """Take note of an identifier that a row exposes."""
        self._samples[identifier.scheme].offer(identifier)

    def lines(self) -> Iterator[bytes]:
        """Yield JSON lines, each the body of a lookup (protocol §6) and "exposed".

        Scheme by scheme in the protocol's order, one who is exposed and one who is not in turn.
        """
        for scheme, sample in self._samples.items():
            exposed = sample.drawn()
            for present, absent in zip(exposed, self._absent(scheme, exposed), strict=True):
                yield self._line(present, exposed=True)
                yield self._line(absent, exposed=False)

    def _absent(self, scheme: str, exposed: list[Identifier]) -> list[Identifier]:
        """Return as many distinct identifiers that are not in the leak as there are exposed.

        Where a birth date belongs to the scheme, every second one is a person of the leak with
        another birth date.
        """
        absent: dict[str, Identifier] = {}
        if "birth_date" in SCHEMES[scheme].fields:
            for present in exposed[: len(exposed) // 2]:
                mistaken = _with_another_birth_date(present)
                absent[mistaken.key] = mistaken
        while len(absent) < len(exposed):
            stranger = make_stranger(self._draw, scheme, len(absent))
            absent[stranger.key] = stranger
        # Sorted by chance, or all the near misses would come first.
        return sorted(absent.values(), key=lambda identifier: _shuffle_rank(identifier.key))

    def _line(self, identifier: Identifier, *, exposed: bool) -> bytes:
        fields = SCHEMES[identifier.scheme].fields
        body: dict[str, str | bool] = {"scheme": identifier.scheme}
        for field, value in zip(fields, identifier.values, strict=True):
            body[field] = type_in(self._draw, field, value)
        body["exposed"] = exposed
        line = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return f"{line}\n".encode()


def make_stranger(draw: Draw, scheme: str, number: int) -> Identifier:
    """Return an identifier of somebody who is in no leak, whatever its seed.

    Args:
        draw: where chance comes from.
        scheme: one of the protocol's.
        number: makes an e-mail address distinct.
    """
    sex = draw.pick((WOMAN, MAN))
    if scheme == PHONE:
        make = draw.pick((make_landline, make_mobile))
        return phone_identifier(make(draw, ABSENT_SUBSCRIBERS))
    given_name, surname = make_given_name(draw, sex), draw.pick(ABSENT_SURNAMES)
    if scheme == EMAIL:
        local_part = make_local_part(given_name, surname, number)
        return email_identifier(f"{local_part}@{ABSENT_MAIL_DOMAIN}")
    born = make_birth_date(draw, ADULT, draw.between(FIRST_EXAM, LAST_EXAM))
    if scheme == NAME_DOB:
        return name_dob_identifier(surname, given_name, born.isoformat())
    nir = make_nir(draw, sex, born, draw.pick(LABORATORIES).department, ABSENT_COMMUNES)
    return nir_identifier(nir) if scheme == NIR else nir_dob_identifier(nir, born.isoformat())


def type_in(draw: Draw, field: str, value: str) -> str:
    """Write a value of one field as its owner would type it into a form."""
    if field == "nir":
        return _type_nir(draw, value)
    if field == "phone":
        pairs = [value[start : start + 2] for start in range(0, 10, 2)]
        return draw.pick(
            (" ".join(pairs), " ".join(pairs), value, ".".join(pairs), f"+33 {value[1:]}")
        )
    if field in ("surname", "given_name"):
        return draw.pick((value, value, value, value.upper(), capitals(value)))
    if field == "email":
        return draw.pick((value, value, value.title(), f"{value} "))
    return value


def _type_nir(draw: Draw, nir: str) -> str:
    """Write a NIR with its key: as it is printed on the card, or in one go."""
    key = f"{nir_key(nir):02d}"
    if draw.per_thousand(300):
        return nir + key
    return " ".join((nir[0], nir[1:3], nir[3:5], nir[5:7], nir[7:10], nir[10:], key))


def _with_another_birth_date(present: Identifier) -> Identifier:
    """Return the same person, born in the same month on the day on which nobody was."""
    *others, born = present.values
    mistaken = f"{born[:-2]}{DAY_WITHOUT_BIRTHS}"
    if present.scheme == NIR_DOB:
        return nir_dob_identifier(others[0], mistaken)
    return name_dob_identifier(others[0], others[1], mistaken)


def _shuffle_rank(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=8).digest()
