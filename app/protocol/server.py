"""The answering side, without any transport: evaluate a batch; locate a plain identifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.crypto import oprf
from app.crypto.keys import EvaluationKey
from app.crypto.ristretto255 import Element
from app.crypto.stretch import Stretched
from app.identity.schemes import normalise_fields, scheme_input, scheme_named
from app.protocol.fingerprints import Location, Locator
from app.protocol.messages import Answer, EvaluationAnswer
from app.protocol.ranges import holds


def answer_evaluation(
    key: EvaluationKey, epoch: int, blinded: Sequence[Element]
) -> EvaluationAnswer:
    """Evaluate a decoded batch with the key of `epoch`, and prove it."""
    return EvaluationAnswer(epoch, oprf.blind_evaluate(key, blinded))


def encode_identifier(scheme: str, raw: Mapping[str, str]) -> bytes:
    """Return the input bytes of an identifier that came in clear.

    Raises:
        UnknownScheme, InvalidField: it is refused.
    """
    named = scheme_named(scheme)
    return scheme_input(named, normalise_fields(named, raw))


def locate_stretched(key: EvaluationKey, locator: Locator, stretched: Stretched) -> Location:
    """Return where a stretched identifier that came in clear would stand."""
    return locator.locate(oprf.evaluate(key, stretched))


def answer_lookup(packed: bytes, location: Location) -> Answer:
    """Return the answer, given the stored range that the location names."""
    return Answer.of(is_exposed=holds(packed, location.fingerprint))
