"""What an operator writes into the pages: `help.toml`, whom to turn to, and who answers for them.

Every address and number in it was looked up and is dated; whoever runs the site looks them up
again. A file with a name that is not known is refused, so that nothing is misspelt in silence.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from app.errors import InvalidSettings
from app.protocol.documents import contact_line

HELP_FILE: Final = Path(__file__).parent / "help.toml"

_Month = Annotated[str, StringConstraints(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
# Only what is safe as the target of a link.
_Link = Annotated[str, StringConstraints(pattern=r"^(https://\S+)?$")]
_Number = Annotated[str, StringConstraints(pattern=r"^[0-9+ ]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Bilingual(_Part):
    """One text in both languages."""

    fr: str = ""
    en: str = ""

    def of(self, code: str) -> str:
        """Return the text in one language."""
        text: str = getattr(self, code)
        return text


class Contact(_Part):
    """Somebody to turn to.

    Args:
        name: theirs.
        what: what they do, in one or two sentences.
        phone: as it is dialled, in groups; or empty.
        url: or empty.
        address: postal; or empty.
        source: where all of this was looked up.
    """

    name: Bilingual
    what: Bilingual
    phone: _Number = ""
    url: _Link = ""
    address: str = ""
    source: str


class Operator(_Part):
    """Who answers for the site; what is empty shows as still to be filled in.

    Args:
        clients: whom people with a credential call; empty where that is `contact` too.
    """

    name: str = ""
    address: str = ""
    contact: str = ""
    clients: str = ""
    publisher: str = ""
    host: str = ""
    protection_officer: str = ""

    @property
    def client_contact(self) -> str:
        """Whom people with a credential call, on one line; empty where nobody is named."""
        return contact_line(self.clients or self.contact)


class Guidance(_Part):
    """All of it.

    Args:
        looked_up: the month in which contacts were last looked up, as 2026-11.
        operator: who answers for the site.
        contacts: whom a visitor can turn to, in this order.
        leaks: by dataset, what the file held in general.
    """

    looked_up: _Month
    operator: Operator = Operator()
    contacts: tuple[Contact, ...]
    leaks: dict[str, Bilingual] = Field(default_factory=dict)


def load_guidance(path: Path = HELP_FILE) -> Guidance:
    """Read the file.

    Raises:
        InvalidSettings: it is not as described.
    """
    try:
        return Guidance.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as exc:
        first = exc.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidSettings(f"{path.name} cannot be used: {where}: {first['msg']}") from None
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise InvalidSettings(f"{path.name} cannot be read, or is not TOML") from exc
