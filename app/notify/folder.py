"""The folder of what is sent: facts, words in each language, and how a letter looks."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.errors import InvalidNotice
from app.notify.notice import Notice, parse_notice
from app.notify.wording import Wording, parse_wording
from app.worklist.recipients import ENGLISH, FRENCH

_SHIPPED: Final = Path(__file__).parent / "templates"
NOTICE_FILE: Final = "notice.toml"
LETTER_FILE: Final = "letter.typ"
_WORDING_FILES: Final = {FRENCH: "french.toml", ENGLISH: "english.toml"}
# Code from elsewhere would see every name and address; and a package whose name is put together
# from somebody's would be asked for by it. Only a file of the folder is taken in, by its name.
_IMPORTED: Final = re.compile(r'\b(?:import|include)\b(?!\s*"[^"@\\])|\beval\b')
_FILES: Final = (NOTICE_FILE, LETTER_FILE, *_WORDING_FILES.values())


@dataclass(frozen=True, slots=True)
class Template:
    """A folder whose files agree with each other.

    Args:
        notice: the facts.
        wordings: by language.
        letter: the file with the letter's look.
        sha256: a digest of all of its texts: what was sent can be told by it later.
    """

    notice: Notice
    wordings: Mapping[str, Wording]
    letter: Path
    sha256: bytes


def read_template(folder: Path) -> Template:
    """Read a folder.

    Raises:
        InvalidNotice: a file is missing, or cannot be used.
    """
    taken_in = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.typ"))
    names = dict.fromkeys((*_FILES, *taken_in))
    texts = {name: _read(folder / name) for name in names}
    for name in (LETTER_FILE, *taken_in):
        if _IMPORTED.search(texts[name]):
            raise InvalidNotice(
                f"{name} imports a package, which would be fetched from the network",
                hint="copy what it needs into the folder, and import that by its name",
            )
    digest = hashlib.sha256()
    for name, text in texts.items():
        content = text.encode()
        digest.update(f"{name}\n{len(content)}\n".encode() + content)
    return Template(
        notice=parse_notice(texts[NOTICE_FILE]),
        wordings={
            language: parse_wording(texts[name], language)
            for language, name in _WORDING_FILES.items()
        },
        letter=folder / LETTER_FILE,
        sha256=digest.digest(),
    )


def write_new_template(folder: Path) -> None:
    """Write what a laboratory is to fill in.

    Raises:
        InvalidNotice: one of the files is there already, or cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in _FILES:
            if (folder / name).exists():
                raise InvalidNotice(
                    f"{folder / name} is there already",
                    hint="name another folder: what you filled in is never written over",
                )
        for name in _FILES:
            (folder / name).write_bytes((_SHIPPED / name).read_bytes())
    except OSError as exc:
        raise InvalidNotice(f"the folder {folder} cannot be written: {exc.strerror}") from exc


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as exc:
        raise InvalidNotice(
            f"{path} cannot be read: {exc.strerror}",
            hint="concerne notify --new-template DIR writes a folder to fill in",
        ) from exc
    except UnicodeDecodeError:
        raise InvalidNotice(f"{path} is not UTF-8") from None
