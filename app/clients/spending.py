"""What a client has had evaluated, remembered so that the same question costs nothing again.

A blinded element is remembered as 16 bytes of its digest, for each client and scheme. It says
nothing about whom it is of: its blinding never left the laboratory. A retry, another dataset and a
new epoch are the same element, and cost nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from app.clients.ports import Client, ClientStore
from app.crypto.ristretto255 import Element
from app.encoding import length_prefixed

SPENT_LABEL = b"concerne/v1/spent"
SPENT_BYTES = 16


class Spending:
    """Takes from clients' quotas, before anything is computed for them.

    Args:
        store: where it is kept what was spent.
    """

    def __init__(self, store: ClientStore) -> None:
        self._store = store

    def spend(self, client: Client, scheme: str, dataset: str, blinded: Sequence[Element]) -> None:
        """Spend a batch: those of its elements that the client did not have evaluated before.

        Raises:
            QuotaExhausted: that is more than is left; nothing was spent.
            CredentialRefused: the client was revoked a moment ago; nothing was spent.
        """
        digests = {_digest(element) for element in blinded}
        self._store.spend(client, scheme, dataset, digests)

    def spend_one(self, client: Client, scheme: str, dataset: str) -> None:
        """Spend one for an identifier that came in clear, whether or not it came before.

        To know it again, something of it would have to be kept by which others could be tried.

        Raises:
            QuotaExhausted, CredentialRefused: as above.
        """
        self._store.spend(client, scheme, dataset, {secrets.token_bytes(SPENT_BYTES)})


def _digest(element: Element) -> bytes:
    return hashlib.sha256(length_prefixed(SPENT_LABEL) + element).digest()[:SPENT_BYTES]
