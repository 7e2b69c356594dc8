"""The words of a notice in one language, the same in a letter and in an e-mail.

A text is a list of paragraphs; one that begins with a hyphen is a point of a list. `{name}` puts
in a fact of the notice. A paragraph with an optional fact that the laboratory did not give is left
out; a point that is nothing but a list of facts becomes as many points.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import InvalidNotice
from app.notify.discretion import check_tells_nothing
from app.notify.notice import FACT_NAMES, Fact
from app.worklist.recipients import FRENCH

PERSON = "person"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_POINT = "- "
_KEYS = ("subject", "greeting", "opening", "parts", "closing")
_PART_KEYS = ("title", "text")
# French sets these off by a space at which no line breaks.
_BEFORE_SIGN = re.compile(r" (?=[:;?!»%€])|(?<=«) ")
_NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or the points of one list.

    Args:
        lines: one of a paragraph, one for each point.
        is_list: whether they are points.
    """

    lines: tuple[str, ...]
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one title; the first part of a notice has none."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Content:
    """All words of one person's letter or e-mail."""

    subject: str
    greeting: str
    parts: tuple[Part, ...]
    closing: str


@dataclass(frozen=True, slots=True)
class Wording:
    """The words in one language, facts not yet put in.

    Args:
        language: its code.
        subject: of a letter and of an e-mail; tells nothing of health.
        parts: title and paragraphs, the opening first, under no title.
    """

    language: str
    subject: str
    greeting: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    closing: str

    def filled(self, facts: Mapping[str, Fact], person: str) -> Content:
        """Return the words for one person.

        Args:
            facts: of the notice, in this language.
            person: the name as the laboratory's list has it.
        """
        known = {**facts, PERSON: person}
        return Content(
            subject=self._text(self.subject, known),
            greeting=self._text(self.greeting, known),
            parts=tuple(
                Part(self._text(title, known), tuple(self._blocks(text, known)))
                for title, text in self.parts
            ),
            closing=self._text(self.closing, known),
        )

    def _blocks(self, text: Sequence[str], known: Mapping[str, Fact]) -> Iterator[Block]:
        points: list[str] = []
        for line in text:
            if line.startswith(_POINT):
                points += self._points(line.removeprefix(_POINT), known)
                continue
            if points:
                yield Block(tuple(points), is_list=True)
                points = []
            yield from (Block((filled,)) for filled in self._points(line, known))
        if points:
            yield Block(tuple(points), is_list=True)

    def _points(self, line: str, known: Mapping[str, Fact]) -> Sequence[str]:
        """Return what a line comes to: itself, each of a list of facts, or nothing."""
        names = _PLACEHOLDER.findall(line)
        if any(not known[name] for name in names):
            return ()
        if len(names) == 1 and line == f"{{{names[0]}}}" and isinstance(known[names[0]], tuple):
            return [self._typeset(each) for each in known[names[0]]]
        return [self._text(line, known)]

    def _text(self, line: str, known: Mapping[str, Fact]) -> str:
        # One pass: a brace in somebody's name is a brace.
        return self._typeset(_PLACEHOLDER.sub(lambda found: _joined(known[found[1]]), line))

    def _typeset(self, text: str) -> str:
        return _BEFORE_SIGN.sub(_NO_BREAK, text) if self.language == FRENCH else text


def parse_wording(text: str, language: str) -> Wording:
    """Read the words of one language.

    Raises:
        InvalidNotice: the text is no TOML, lacks something, puts in a fact that there is not, or
            has a subject that tells of health.
    """
    where = f"the text in {language!r}"
    try:
        document = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as exc:
        raise InvalidNotice(f"{where} is not TOML: {exc}") from exc
    _check_keys(where, document, _KEYS)
    opening = ("", _lines(f"opening of {where}", document["opening"]))
    wording = Wording(
        language=language,
        subject=_line(f"subject of {where}", document["subject"]),
        greeting=_line(f"greeting of {where}", document["greeting"]),
        parts=(opening, *_parts(where, document["parts"])),
        closing=_line(f"closing of {where}", document["closing"]),
    )
    if _PLACEHOLDER.search(wording.subject):
        raise InvalidNotice(f"subject of {where} puts in a fact, which others would see")
    check_tells_nothing(f"subject of {where}", wording.subject)
    return wording


def _parts(where: str, value: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    if not isinstance(value, list) or not value or not all(isinstance(p, dict) for p in value):
        raise InvalidNotice(f"{where} has no parts", hint="write [[parts]] before each")
    for number, part in enumerate(value, start=1):
        here = f"part {number} of {where}"
        _check_keys(here, part, _PART_KEYS)
        yield _line(f"title of {here}", part["title"]), _lines(f"text of {here}", part["text"])


def _check_keys(where: str, section: Mapping[str, Any], keys: Sequence[str]) -> None:
    wrong = [key for key in section if key not in keys] or [k for k in keys if k not in section]
    if wrong:
        what = "lacks" if wrong[0] in keys else "has an unknown key"
        raise InvalidNotice(f"{where} {what} {wrong[0]!r}", hint=f"it has {', '.join(keys)}")


def _lines(where: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise InvalidNotice(f"{where} is no list of paragraphs")
    return tuple(_line(where, line) for line in value)


def _line(where: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidNotice(f"{where} is empty, or no text")
    for name in _PLACEHOLDER.findall(value):
        if name not in FACT_NAMES | {PERSON}:
            raise InvalidNotice(
                f"{where} puts in {name!r}, which is no fact of the notice",
                hint=f"there are {', '.join(sorted(FACT_NAMES | {PERSON}))}",
            )
    return " ".join(value.split(" ")).strip()


def _joined(fact: Fact) -> str:
    return fact if isinstance(fact, str) else ", ".join(fact)
