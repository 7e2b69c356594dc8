"""The asking side, without any transport: stretch, blind, verify, unblind, compare.

    batch = Batch.prepare(parameters, stretched_inputs)   → send batch.blinded
    locations = batch.receive(answer)                     → fetch the range of each location
    compare(parameters, location, range)                  → an Answer

Whoever drives this must let every exception through as "unknown".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from app.crypto import oprf
from app.crypto.ristretto255 import Element, Scalar
from app.crypto.stretch import Stretched, check_client_accepts, stretch
from app.errors import EpochGone
from app.identity.schemes import normalise_fields, scheme_input, scheme_named
from app.protocol.blinding import BlindingKey
from app.protocol.fingerprints import Location, Locator
from app.protocol.messages import Answer, EvaluationAnswer
from app.protocol.parameters import DeploymentParameters, SchemeParameters
from app.protocol.ranges import check_range, holds


def check_identifier(scheme: str, raw: Mapping[str, str]) -> None:
    """Refuse an identifier before anybody is asked anything.

    Raises:
        UnknownScheme, InvalidField: it is refused.
    """
    normalise_fields(scheme_named(scheme), raw)


def stretch_identifier(
    deployment: DeploymentParameters, parameters: SchemeParameters, raw: Mapping[str, str]
) -> Stretched:
    """Normalise, encode and stretch one identifier, in that order, before any query.

    Args:
        deployment: whose salt it is stretched with.
        parameters: of the scheme that will be asked.
        raw: the scheme's fields as a person wrote them.

    Raises:
        InvalidField: a field is refused.
        StretchRefused: the server asks for more than a client computes.
    """
    check_client_accepts(parameters.stretch)
    scheme = scheme_named(parameters.scheme)
    encoded = scheme_input(scheme, normalise_fields(scheme, raw))
    return stretch(parameters.stretch, deployment.stretch_salt, encoded)


@dataclass(frozen=True, slots=True, repr=False)
class Batch:
    """Blinded questions to one scheme, with the blinds that only the client holds."""

    dataset: str
    parameters: SchemeParameters
    blinds: tuple[Scalar, ...]
    blinded: tuple[Element, ...]

    @classmethod
    def prepare(
        cls,
        dataset: str,
        parameters: SchemeParameters,
        stretched: Sequence[Stretched],
        blinding: BlindingKey | None = None,
    ) -> Batch:
        """Blind stretched inputs, each with a fresh random scalar, or with the key's own."""
        if blinding is None:
            pairs = [oprf.blind(value) for value in stretched]
        else:
            scalar = partial(blinding.scalar, parameters.scheme)
            pairs = [oprf.blind(value, blinding=scalar(value)) for value in stretched]
        return cls(dataset, parameters, tuple(b for b, _ in pairs), tuple(e for _, e in pairs))

    def receive(self, answer: EvaluationAnswer) -> list[Location]:
        """Verify the proof with the published key, unblind, and locate each input, in order.

        Raises:
            EpochGone: the answer was made with another epoch's key; begin again.
            BatchMismatch, MalformedProof, ZeroProof, ProofMismatch: the answer is refused.
        """
        if answer.epoch != self.parameters.epoch:
            raise EpochGone("the key has changed since the question was prepared")
        evaluated = answer.evaluation.elements
        oprf.verify_proof(
            self.parameters.public_key, self.blinded, evaluated, answer.evaluation.proof
        )
        locator = Locator(self.dataset, self.parameters.scheme, self.parameters.prefix_bits)
        return [locator.locate(element) for element in oprf.unblind_all(self.blinds, evaluated)]


def compare(parameters: SchemeParameters, location: Location, packed: bytes) -> Answer:
    """Return the answer, given the range that the location names.

    Raises:
        InvalidMessage: the range does not have the form that the parameters promise.
    """
    check_range(packed, parameters.range_length)
    return Answer.of(is_exposed=holds(packed, location.fingerprint))
