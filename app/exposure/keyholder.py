"""The key holder in this very process: the embedded default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.crypto.keyring import KeyRing
from app.crypto.keys import EvaluationKey
from app.crypto.ristretto255 import Element
from app.crypto.stretch import Stretched
from app.errors import ConcerneError, InvalidKey, KeyRingError, Unavailable
from app.protocol import server
from app.protocol.fingerprints import Location, Locator
from app.protocol.messages import EvaluationAnswer


class LocalKeyHolder:
    """Holds the keys of published indexes in memory, and of no others.

    Args:
        ring: where they are on disk.
    """

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        self._keys: Mapping[str, EvaluationKey] = {}

    def hold(self, names: Sequence[str]) -> Mapping[str, ConcerneError]:
        """Load the keys of these names, forget all others, and say which cannot be had and why."""
        keys: dict[str, EvaluationKey] = {}
        missing: dict[str, ConcerneError] = {}
        for name in names:
            try:
                keys[name] = self._keys.get(name) or self._ring.load(name)
            except (KeyRingError, InvalidKey) as exc:
                missing[name] = exc
        self._keys = keys
        return missing

    def evaluate(self, name: str, epoch: int, blinded: Sequence[Element]) -> EvaluationAnswer:
        """Evaluate a batch of blinded elements with a key."""
        return server.answer_evaluation(self._key(name), epoch, blinded)

    def locate(
        self, name: str, dataset: str, scheme: str, prefix_bits: int, stretched: Stretched
    ) -> Location:
        """Return where a stretched identifier would stand under a key."""
        locator = Locator(dataset, scheme, prefix_bits)
        return server.locate_stretched(self._key(name), locator, stretched)

    def _key(self, name: str) -> EvaluationKey:
        try:
            return self._keys[name]
        except KeyError:
            raise Unavailable("the key of this epoch is not held any more") from None
