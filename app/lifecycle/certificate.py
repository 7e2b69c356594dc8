"""What an erasure leaves: a signed statement of what was erased, and of what that does not mean."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.lifecycle.ports import Erasure

CERTIFICATE_KIND = "concerne-certificate-of-erasure+jws"
CERTIFICATE_VERSION = 1

NOT_PROMISED = (
    "that copies made before, such as backups, are erased: destroy them, or the key of each",
    "that the medium itself was overwritten: a copying file system or an SSD may keep old blocks",
    "anything about copies of the leak that others hold",
)


def certificate_of(erasure: Erasure, erased_at: datetime, program: str) -> dict[str, Any]:
    """Return the certificate's document, to be signed.

    Args:
        erasure: what there was when it began.
        erased_at: when all of it was gone, UTC.
        program: the version of this program.
    """
    return {
        "certificate": CERTIFICATE_VERSION,
        "dataset": erasure.dataset,
        "title": erasure.title,
        "erased": {
            "entries": dict(erasure.entries),
            "ranges": dict(erasure.ranges),
            "keys": dict(erasure.keys),
        },
        "sources_sha256": list(erasure.sources),
        "began_at": erasure.began_at.isoformat(),
        "erased_at": erased_at.isoformat(),
        "by": erasure.by,
        "reason": erasure.reason,
        "program": program,
        "not_promised": list(NOT_PROMISED),
    }
