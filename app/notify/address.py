"""The block that shows in the window of an envelope: at most six lines of 38 characters.

The numbers, and the last line of postcode and town in capitals without accents, are those of the
French norm for addresses, NF Z 10-011. A line that is longer goes on in the next; nothing of a
name is ever cut.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence

from app.worklist.recipients import Recipient

LINES_MAXIMUM = 6
CHARACTERS_MAXIMUM = 38
_NOT_DECOMPOSED = str.maketrans({"Œ": "OE", "Æ": "AE", "Ø": "O", "Ł": "L", "ß": "SS"})


def address_block(recipient: Recipient) -> Sequence[str] | None:
    """Return the lines of an address, or None where they do not fit into the window.

    Args:
        recipient: one who can be written to by post.
    """
    lines = [
        *_wrapped(recipient.name),
        *(part for line in recipient.address for part in _wrapped(line)),
        *_wrapped(_capitals(f"{recipient.postcode} {recipient.town}")),
        *_wrapped(_capitals(recipient.country)),
    ]
    return lines if len(lines) <= LINES_MAXIMUM else None


def _wrapped(line: str) -> Sequence[str]:
    # A word longer than the window goes on in the next line as well.
    return textwrap.wrap(line, CHARACTERS_MAXIMUM, break_on_hyphens=True)


def _capitals(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.upper().translate(_NOT_DECOMPOSED))
    kept = (" " if c in ",.;" else c for c in letters if not unicodedata.combining(c))
    return " ".join("".join(kept).split())
