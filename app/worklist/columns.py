"""What a work list says of each row, in columns added behind the laboratory's own."""

from __future__ import annotations

from enum import StrEnum

RESULT = "concerne_result"
REASON = "concerne_reason"
SCHEMES = "concerne_schemes"
CHANNELS = "concerne_channels"
# In the order in which they are written.
ADDED = (RESULT, REASON, SCHEMES, CHANNELS)
# Between several values in one cell.
SEPARATOR = ", "


class Outcome(StrEnum):
    """What is known of one row. What failed is unchecked, whatever failed, and never a no.

    Attributes:
        EXPOSED: at least one of its identifiers is in the leak.
        NOT_EXPOSED: every question that its identifiers allow was asked and answered no.
        UNCHECKED: at least one could not be asked or was not answered, and none said yes.
    """

    EXPOSED = "exposed"
    NOT_EXPOSED = "not exposed"
    UNCHECKED = "could not be checked"


class Channel(StrEnum):
    """A way in which a person can be told."""

    POST = "post"
    EMAIL = "e-mail"
    PHONE = "phone"
