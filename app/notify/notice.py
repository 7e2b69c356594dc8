"""What a laboratory fills in before it tells anybody: `notice.toml`, read strictly.

An empty field that is needed is refused, together with all others that are: nobody gets a letter
with a gap in it, and nobody has to try ten times.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Final

from app.errors import InvalidMapping, InvalidNotice
from app.notify.dates import written_date
from app.notify.discretion import check_tells_nothing
from app.worklist.recipients import ENGLISH, FRENCH, SECTION, RecipientColumns, parse_recipients

LANGUAGES: Final = (FRENCH, ENGLISH)
Fact = str | tuple[str, ...]
# What shows beside the window, or in a list of messages: lines of a return address.
SENDER_LINES_MAXIMUM = 5
SENDER_CHARACTERS_MAXIMUM = 38


class _Kind(Enum):
    TEXT = "a text"
    LINES = "a list of texts"
    DAY = "a date without quotes, as 2021-02-23, or a text in each language"
    TEXT_EACH = 'a text in each language: { fr = "…", en = "…" }'
    LINES_EACH = 'a list of texts in each language: { fr = ["…"], en = ["…"] }'


# By section and key: the name by which a text can have it put in, what it is, whether it is needed.
_FIELDS: Final[Mapping[str, tuple[str, _Kind, bool]]] = {
    "laboratory.name": ("laboratory", _Kind.TEXT, True),
    "laboratory.address": ("laboratory_address", _Kind.LINES, True),
    "laboratory.place": ("place", _Kind.TEXT, True),
    "laboratory.signatory": ("signatory", _Kind.TEXT_EACH, True),
    "envelope.sender": ("sender", _Kind.LINES, True),
    "breach.nature": ("nature", _Kind.TEXT_EACH, True),
    "breach.happened_on": ("happened_on", _Kind.DAY, True),
    "breach.discovered_on": ("discovered_on", _Kind.DAY, True),
    "breach.notified_on": ("notified_on", _Kind.DAY, False),
    "breach.data": ("data", _Kind.LINES_EACH, True),
    "measures.taken": ("measures", _Kind.LINES_EACH, True),
    "protection_officer.name": ("officer", _Kind.TEXT, True),
    "protection_officer.email": ("officer_email", _Kind.TEXT, True),
    "protection_officer.phone": ("officer_phone", _Kind.TEXT, True),
    "protection_officer.address": ("officer_address", _Kind.TEXT, True),
    "authority.name": ("authority", _Kind.TEXT_EACH, True),
    "authority.address": ("authority_address", _Kind.TEXT, True),
    "public_page.address": ("public_page", _Kind.TEXT, False),
}
EMAIL_SECTION: Final = "email"
FACT_NAMES: Final = frozenset(name for name, _, _ in _FIELDS.values())


@dataclass(frozen=True, slots=True)
class Notice:
    """What a laboratory says to everybody it writes to.

    Args:
        recipients: where its list has names and addresses.
        facts: by language and name.
        email: the section of that name, as it was written; None where it has none.
    """

    recipients: RecipientColumns
    facts: Mapping[str, Mapping[str, Fact]]
    email: Mapping[str, Any] | None

    @property
    def sender(self) -> Sequence[str]:
        """The return address, which tells nothing of health."""
        return tuple(self.facts[FRENCH]["sender"])


def parse_notice(text: str) -> Notice:
    """Read a notice.

    Raises:
        InvalidNotice: it is no TOML, has something unknown, lacks something (all of it is
            listed), or would tell of health where others can see it.
    """
    document = _document(text)
    recipients = _recipients(document)
    # English is needed where somebody can ask for it.
    languages = LANGUAGES if "language" in recipients.fields else (FRENCH,)
    facts = {language: _facts(document, language) for language in languages}
    missing = [
        f"{place} ({language})" if kind in (_Kind.TEXT_EACH, _Kind.LINES_EACH) else place
        for language in languages
        for place, (name, kind, is_needed) in _FIELDS.items()
        if is_needed and not facts[language][name]
    ]
    missing += [f"{SECTION}.{key}" for key in ("name",) if key not in recipients.fields]
    if missing:
        raise InvalidNotice(
            f"the notice is not filled in: {', '.join(dict.fromkeys(missing))} missing",
            hint="nobody is sent a letter with a gap in it",
        )
    _check_sender(facts[FRENCH]["sender"])
    email = document.get(EMAIL_SECTION)
    return Notice(recipients, facts, email if isinstance(email, dict) else None)


def _document(text: str) -> Mapping[str, Any]:
    try:
        document = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as exc:
        raise InvalidNotice(f"the notice is not TOML: {exc}") from exc
    sections = {place.partition(".")[0] for place in _FIELDS} | {SECTION, EMAIL_SECTION}
    for name, section in document.items():
        if name not in sections:
            raise InvalidNotice(
                f"the notice has no {name!r}", hint=f"it can have {', '.join(sorted(sections))}"
            )
        if not isinstance(section, dict):
            raise InvalidNotice(f"{name} of the notice is not a section", hint=f"write [{name}]")
        for key in section if name not in (SECTION, EMAIL_SECTION) else ():
            if f"{name}.{key}" not in _FIELDS:
                known = [p.partition(".")[2] for p in _FIELDS if p.startswith(f"{name}.")]
                raise InvalidNotice(
                    f"[{name}] of the notice has no {key!r}",
                    hint=f"it can have {', '.join(known)}",
                )
    return document


def _recipients(document: Mapping[str, Any]) -> RecipientColumns:
    """Read [recipient], in which a key that is left empty is not there."""
    section = {key: value for key, value in document.get(SECTION, {}).items() if value}
    try:
        return parse_recipients(section)
    except InvalidMapping as exc:
        raise InvalidNotice(f"the notice: {exc.message}", hint=exc.hint) from exc


def _facts(document: Mapping[str, Any], language: str) -> Mapping[str, Fact]:
    found: dict[str, Fact] = {}
    for place, (name, kind, _) in _FIELDS.items():
        section, _, key = place.partition(".")
        found[name] = _fact(place, kind, document.get(section, {}).get(key), language)
    return found


def _fact(place: str, kind: _Kind, value: object, language: str) -> Fact:
    """Return one fact in one language; empty where there is none."""
    is_list = kind in (_Kind.LINES, _Kind.LINES_EACH)
    is_each = kind in (_Kind.TEXT_EACH, _Kind.LINES_EACH) or isinstance(value, dict)
    if value is None:
        return () if is_list else ""
    if kind is _Kind.DAY and type(value) is date:
        return written_date(value, language)
    if is_each and kind in (_Kind.TEXT_EACH, _Kind.LINES_EACH, _Kind.DAY):
        if not isinstance(value, dict) or not set(value) <= set(LANGUAGES):
            raise _wrong(place, kind)
        value = value.get(language, [] if is_list else "")
    if is_list:
        if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
            raise _wrong(place, kind)
        return tuple(filter(None, (_tidy(line) for line in value)))
    if not isinstance(value, str) or (kind is _Kind.DAY and value and not is_each):
        raise _wrong(place, kind)
    return _tidy(value)


def _wrong(place: str, kind: _Kind) -> InvalidNotice:
    return InvalidNotice(f"{place} of the notice is not {kind.value}")


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _check_sender(lines: Fact) -> None:
    if len(lines) > SENDER_LINES_MAXIMUM or max(map(len, lines)) > SENDER_CHARACTERS_MAXIMUM:
        raise InvalidNotice(
            f"envelope.sender of the notice has more than {SENDER_LINES_MAXIMUM} lines,"
            f" or more than {SENDER_CHARACTERS_MAXIMUM} characters in one",
            hint="a neutral name, a street or a box, a postcode and a town are enough",
        )
    for line in lines:
        check_tells_nothing("envelope.sender of the notice", line)
