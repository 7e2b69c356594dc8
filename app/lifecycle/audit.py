"""The audit trail: who did what to which dataset, when, with which numbers; never an identifier.

Each event holds the digest of the one before, so that an event that is changed, taken out or put
in breaks the chain behind it. Whoever can rewrite the whole chain can hide that; a signed head
that is kept elsewhere shows it, and shows events that were cut off at the end.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.encoding import canonical_json, from_base64url, to_base64url
from app.errors import AuditBroken, InvalidMessage

AUDIT_HEAD_KIND = "concerne-audit-head+jws"
DIGEST_BYTES = 32
FIRST_PREVIOUS = bytes(DIGEST_BYTES)


class Step(StrEnum):
    """What can happen to a dataset, or to a client."""

    INGEST_STARTED = "ingest started"
    INGEST_FINISHED = "ingest finished"
    INGEST_ABORTED = "ingest aborted"
    PUBLISHED = "published"
    RETIRED = "retired"
    ERASURE_STARTED = "erasure started"
    ERASED = "erased"
    EPOCH_ERASED = "epoch erased"
    FORGOTTEN = "forgotten"
    CLIENT_ADDED = "client added"
    CLIENT_REVOKED = "client revoked"
    CREDENTIAL_ROTATED = "credential rotated"
    EVALUATED = "evaluated for a client"
    QUOTA_REFUSED = "refused beyond the quota"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One link of the chain.

    Args:
        number: 1 for the first, without a gap.
        at: UTC.
        by: who did it: a user of the operating system, a name that was given, this program, or
            the client who asked.
        what: which step.
        dataset: its slug, or empty where the step is about a client alone.
        counts: how many of what.
        previous: digest of the event before.
    """

    number: int
    at: datetime
    by: str
    what: Step
    dataset: str
    counts: Mapping[str, int]
    previous: bytes

    def text(self) -> str:
        """Return the event as canonical JSON: what is stored, and what the digest is of."""
        document: dict[str, Any] = {
            "number": self.number,
            "at": self.at.isoformat(),
            "by": self.by,
            "what": self.what.value,
            "dataset": self.dataset,
            "counts": dict(self.counts),
            "previous": to_base64url(self.previous),
        }
        return canonical_json(document).decode()

    @property
    def digest(self) -> bytes:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text().encode()).digest()


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The last link: its number, 0 when there is none, and its digest."""

    number: int
    digest: bytes

    def to_json(self) -> dict[str, object]:
        """Write the head, to be signed and kept elsewhere."""
        return {"number": self.number, "digest": to_base64url(self.digest)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> AuditHead:
        """Read a head.

        Raises:
            InvalidMessage: it cannot be read.
        """
        number, digest = document.get("number"), document.get("digest")
        if not isinstance(number, int) or not isinstance(digest, str):
            raise InvalidMessage("the head of the audit trail lacks its number or its digest")
        return cls(number, from_base64url(digest, name="digest", length=DIGEST_BYTES))


NO_EVENTS = AuditHead(0, FIRST_PREVIOUS)


def parse_event(text: str) -> AuditEvent:
    """Read an event back.

    Raises:
        ValueError, KeyError, TypeError, InvalidMessage: it is none.
    """
    fields = json.loads(text)
    return AuditEvent(
        number=fields["number"],
        at=datetime.fromisoformat(fields["at"]),
        by=fields["by"],
        what=Step(fields["what"]),
        dataset=fields["dataset"],
        counts=fields["counts"],
        previous=from_base64url(fields["previous"], name="previous", length=DIGEST_BYTES),
    )


def verify_chain(
    stored: Iterable[tuple[str, bytes]], *, expected: AuditHead = NO_EVENTS
) -> AuditHead:
    """Check every link, from the first on.

    Args:
        stored: each event's text and digest, in order.
        expected: a head that was seen before and must still be in the chain.

    Returns:
        The head as it is now.

    Raises:
        AuditBroken: naming the first event that does not hold.
    """
    head = NO_EVENTS
    seen = expected.number == 0
    for text, digest in stored:
        number = head.number + 1
        _check_link(text, digest, number, head.digest)
        head = AuditHead(number, digest)
        if number == expected.number:
            if digest != expected.digest:
                raise AuditBroken(f"event {number} is not the one that was signed")
            seen = True
    if not seen:
        raise AuditBroken(f"the trail ends at event {head.number}, before {expected.number}")
    return head


def _check_link(text: str, digest: bytes, number: int, previous: bytes) -> None:
    if hashlib.sha256(text.encode()).digest() != digest:
        raise AuditBroken(f"event {number} was changed after it was written")
    try:
        event = parse_event(text)
    except (ValueError, KeyError, TypeError, InvalidMessage) as exc:
        raise AuditBroken(f"event {number} cannot be read") from exc
    if event.number != number or event.previous != previous:
        raise AuditBroken(f"event {number} does not follow the one before it")
