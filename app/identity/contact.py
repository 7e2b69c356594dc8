"""E-mail addresses and telephone numbers.

Protocol §1 freezes the rules. The telephone's are a short table here rather than a library's,
since a library's numbering plans change with its releases and a changed result is a silent miss.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import idna

from app.errors import InvalidField
from app.identity.characters import SPACES, check_raw_length

_LABEL: Final = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_MAX_DOMAIN_CHARACTERS: Final = 253  # RFC 1035 §2.3.4, written without the root's dot

# Signs of a list, of a display name or of a sentence rather than of an address. An apostrophe is
# not among them: o'brien@… is an address.
_NOT_IN_LOCAL_PART: Final = re.compile(r'[\x00-\x20\x7f,;:<>()\[\]"\\“”„‟«»‘’‚‛‹›]')

_PHONE_REMOVED: Final = str.maketrans("", "", SPACES + ".-/_()")
_FRENCH: Final = re.compile(r"(?:\+?33|0?)([1-9][0-9]{8})")
_ABROAD: Final = re.compile(r"\+(?!33)[1-9][0-9]{7,14}")
_FRENCH_PREFIXES: Final = {
    **dict.fromkeys(("262", "263", "269", "639", "692", "693"), "+262"),  # Réunion, Mayotte
    **dict.fromkeys(("590", "690", "691"), "+590"),  # Guadeloupe, Saint-Martin
    **dict.fromkeys(("594", "694"), "+594"),  # French Guiana
    **dict.fromkeys(("596", "696", "697"), "+596"),  # Martinique
    "508": "+508",  # Saint-Pierre-et-Miquelon
}


def normalise_email(raw: str) -> str:
    """Return an address in lower case, its domain as A-labels.

    No tag and no dot of the local part is dropped, as only the receiving server knows what they
    mean to it.

    Raises:
        InvalidField: reason `length`, `empty`, `format` (not one `@` with something before it,
            or no domain of two labels) or `characters`.
    """
    check_raw_length("email", raw)
    if raw.isascii():
        text = raw.strip(SPACES).lower()
    else:
        # Lower-casing can leave a letter and a mark that compose (H̱ → ẖ), hence NFC again.
        text = unicodedata.normalize("NFC", raw).strip(SPACES).lower()
        text = unicodedata.normalize("NFC", text)
    if not text:
        raise InvalidField("email", "empty", "no address in it", hint="give the e-mail address")
    local, at, domain = text.partition("@")
    if not (local and at) or "@" in domain:
        raise InvalidField(
            "email", "format", "not a name, one @ and a domain", hint="give one address only"
        )
    _check_local_part(local)
    result = f"{local}@{_ascii_domain(domain)}"
    # A domain grows as A-labels, and a result must itself be accepted.
    check_raw_length("email", result)
    return result


def normalise_phone(raw: str) -> str:
    """Return a number as `+`, country code and national number; French without a `+` in `raw`.

    What follows another country's code is kept as it is, also a 0 that should have been left out
    in an international number: only that country's own plan could tell.

    Raises:
        InvalidField: reason `length`, `empty` or `format`.
    """
    check_raw_length("phone", raw)
    text = raw if raw.isascii() else unicodedata.normalize("NFKC", raw)
    text = text.replace("(0)", "").translate(_PHONE_REMOVED)
    if text.startswith("00"):
        text = "+" + text[2:]
    if french := _FRENCH.fullmatch(text):
        national = french[1]
        return _FRENCH_PREFIXES.get(national[:3], "+33") + national
    if _ABROAD.fullmatch(text):
        return text
    if not text:
        raise InvalidField("phone", "empty", "no number in it", hint="give the telephone number")
    raise InvalidField(
        "phone",
        "format",
        "not a French number, nor an international one with + and country code",
        hint="write 10 digits, or + and the country code for a number abroad",
    )


def _check_local_part(local: str) -> None:
    """Refuse what no address has, and what cannot be seen (categories C and Z).

    An invisible character is pasted, not typed: kept, it would be a silent miss.
    """
    if _NOT_IN_LOCAL_PART.search(local) or not (
        local.isascii() or all(unicodedata.category(c)[0] not in "CZ" for c in local)
    ):
        raise InvalidField(
            "email",
            "characters",
            "a character before the @ that no address has",
            hint="give the bare address, without a name, quotes or spaces",
        )


def _ascii_domain(domain: str) -> str:
    ascii_domain = domain if domain.isascii() else _a_labels(domain)
    if len(ascii_domain) > _MAX_DOMAIN_CHARACTERS or not _DOMAIN.fullmatch(ascii_domain):
        raise InvalidField(
            "email",
            "format",
            "what follows the @ is no domain name",
            hint="a domain has at least two parts with a dot between, such as example.fr",
        )
    return ascii_domain


def _a_labels(domain: str) -> str:
    """Return the domain as A-labels by UTS 46, non-transitional; empty where it has none.

    Nothing is raised from here, as idna's errors quote the domain and would travel as context.
    """
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except UnicodeError:  # the base of idna's errors
        return ""
