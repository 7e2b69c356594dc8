"""The protocol's JSON documents: each is written from a type here, and read back strictly.

What parses must print back the same. A document that lacks a field, or holds one of another kind,
is refused with the field's name; its values are never shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from app.crypto.keys import decode_public_key
from app.crypto.oprf import PROOF_BYTES, Evaluation, Proof
from app.crypto.ristretto255 import ELEMENT_BYTES, Element, decode_element
from app.crypto.stretch import SALT_BYTES, STRETCHED_BYTES, VERSION, StretchProfile
from app.encoding import from_base64url, to_base64url
from app.errors import BatchMismatch, InvalidMessage
from app.protocol.documents import bytes_of, count_of, field_of, object_of, parsed_of, typed
from app.protocol.parameters import (
    MODE,
    PROTOCOL_VERSION,
    SUITE,
    DatasetParameters,
    DeploymentParameters,
    SchemeParameters,
)

Json = dict[str, Any]


class Answer(Enum):
    """The two answers. That the answer is unknown is never a value: it is an exception."""

    EXPOSED = "exposed"
    NOT_EXPOSED = "not exposed"

    @classmethod
    def of(cls, *, is_exposed: bool) -> Answer:
        """Return the answer for a truth value that is known."""
        return cls.EXPOSED if is_exposed else cls.NOT_EXPOSED


@dataclass(frozen=True, slots=True)
class EvaluationAnswer:
    """The answer to a batch of blinded elements, with the epoch whose key made it."""

    epoch: int
    evaluation: Evaluation


def blinded_from_json(values: list[str], *, maximum: int) -> list[Element]:
    """Decode the elements of an evaluation request.

    Raises:
        BatchMismatch: none, or more than `maximum`.
        InvalidMessage: one is not base64url of 32 bytes; its index is named.
        InvalidElement, IdentityElement: one is not acceptable.
    """
    if not 1 <= len(values) <= maximum:
        raise BatchMismatch(f"one request holds 1 to {maximum:,} blinded elements")
    return [
        decode_element(from_base64url(text, name=f"blinded[{index}]", length=ELEMENT_BYTES))
        for index, text in enumerate(values)
    ]


def evaluation_request_to_json(blinded: list[Element]) -> Json:
    """Write an evaluation request."""
    return {"blinded": [to_base64url(element) for element in blinded]}


def evaluation_to_json(answer: EvaluationAnswer) -> Json:
    """Write the answer to an evaluation request."""
    return {
        "epoch": answer.epoch,
        "evaluated": [to_base64url(element) for element in answer.evaluation.elements],
        "proof": to_base64url(answer.evaluation.proof),
    }


def evaluation_from_json(document: object) -> EvaluationAnswer:
    """Read the answer to an evaluation request; its proof is not checked here.

    Raises:
        InvalidMessage, InvalidElement, IdentityElement: it cannot be read.
    """
    fields = object_of(document, "the evaluation")
    texts = field_of(fields, "evaluated", list)
    elements = tuple(
        decode_element(from_base64url(typed(text, name, str), name=name, length=ELEMENT_BYTES))
        for text, name in ((t, f"evaluated[{i}]") for i, t in enumerate(texts))
    )
    proof = bytes_of(fields, "proof", PROOF_BYTES)
    return EvaluationAnswer(field_of(fields, "epoch", int), Evaluation(elements, Proof(proof)))


def lookup_to_json(dataset: str, scheme: str, epoch: int, answer: Answer) -> Json:
    """Write the answer to a plain lookup."""
    return {
        "dataset": dataset,
        "scheme": scheme,
        "epoch": epoch,
        "exposed": answer is Answer.EXPOSED,
    }


def lookup_from_json(document: object, *, dataset: str, scheme: str) -> Answer:
    """Read the answer to a plain lookup.

    Raises:
        InvalidMessage: it cannot be read, or answers another question.
    """
    fields = object_of(document, "the answer")
    if field_of(fields, "dataset", str) != dataset or field_of(fields, "scheme", str) != scheme:
        raise InvalidMessage("the answer is not about the dataset and scheme that were asked")
    field_of(fields, "epoch", int)
    return Answer.of(is_exposed=field_of(fields, "exposed", bool))


def deployment_to_json(deployment: DeploymentParameters) -> Json:
    """Write `GET /v1/parameters`."""
    return {
        "protocol": PROTOCOL_VERSION,
        "suite": SUITE,
        "mode": MODE,
        "normalisation": deployment.normalisation,
        "stretch_salt": to_base64url(deployment.stretch_salt),
    }


def deployment_from_json(document: object, *, normalisation: int) -> DeploymentParameters:
    """Read `GET /v1/parameters`.

    Args:
        document: the parsed JSON.
        normalisation: the version of the rules that this client has.

    Raises:
        InvalidMessage: it cannot be read, or speaks another protocol, suite or normalisation.
    """
    fields = object_of(document, "the parameters")
    spoken = {"protocol": PROTOCOL_VERSION, "suite": SUITE, "mode": MODE}
    for name, value in (spoken | {"normalisation": normalisation}).items():
        if field_of(fields, name, type(value)) != value:
            raise InvalidMessage(f"the server's {name} is not the one that this client speaks")
    return DeploymentParameters(bytes_of(fields, "stretch_salt", SALT_BYTES), normalisation)


def summary_to_json(dataset: DatasetParameters) -> Json:
    """Write one dataset's line in `GET /v1/datasets`."""
    return {
        "dataset": dataset.dataset,
        "title": dataset.title,
        "breach_date": dataset.breach_date.isoformat(),
        "published_at": dataset.published_at.isoformat(),
        "ends_on": dataset.ends_on.isoformat(),
        "epoch": dataset.epoch,
        "rows": dataset.rows,
        "public_schemes": [s.scheme for s in dataset.schemes.values() if s.public],
    }


def dataset_to_json(dataset: DatasetParameters) -> Json:
    """Write `GET /v1/datasets/{dataset}`."""
    return summary_to_json(dataset) | {
        "rows_rejected": dataset.rows_rejected,
        "schemes": {name: _scheme_to_json(s) for name, s in dataset.schemes.items()},
        "coverage": {
            name: round(s.rows / dataset.rows, 6) if dataset.rows else 0.0
            for name, s in dataset.schemes.items()
        },
    }


def _scheme_to_json(scheme: SchemeParameters) -> Json:
    profile = scheme.stretch
    return {
        "epoch": scheme.epoch,
        "public": scheme.public,
        "public_key": to_base64url(scheme.public_key),
        "prefix_bits": scheme.prefix_bits,
        "range_length": scheme.range_length,
        "entries": scheme.entries,
        "rows": scheme.rows,
        "commitment": None if scheme.commitment is None else to_base64url(scheme.commitment),
        "stretch": {
            "algorithm": "argon2id",
            "version": VERSION,
            "memory_kib": profile.memory_kib,
            "iterations": profile.iterations,
            "parallelism": profile.parallelism,
            "length": STRETCHED_BYTES,
        },
    }


def dataset_from_json(document: object) -> DatasetParameters:
    """Read `GET /v1/datasets/{dataset}`.

    Raises:
        InvalidMessage, InvalidKey, StretchRefused: it cannot be read or used.
    """
    fields = object_of(document, "the dataset")
    schemes = field_of(fields, "schemes", dict)
    return DatasetParameters(
        dataset=field_of(fields, "dataset", str),
        title=field_of(fields, "title", str),
        breach_date=parsed_of(fields, "breach_date", date.fromisoformat),
        published_at=parsed_of(fields, "published_at", datetime.fromisoformat),
        ends_on=parsed_of(fields, "ends_on", date.fromisoformat),
        epoch=count_of(fields, "epoch"),
        rows=count_of(fields, "rows"),
        rows_rejected=count_of(fields, "rows_rejected"),
        schemes={name: _scheme_from_json(name, s) for name, s in schemes.items()},
    )


def _scheme_from_json(name: str, document: object) -> SchemeParameters:
    fields = object_of(document, "a scheme")
    stretch = object_of(field_of(fields, "stretch", dict), "stretch")
    fixed = {"algorithm": "argon2id", "version": VERSION, "length": STRETCHED_BYTES}
    for key, value in fixed.items():
        if field_of(stretch, key, type(value)) != value:
            raise InvalidMessage(f"the server's stretch {key} is not one that this client computes")
    committed = fields.get("commitment")
    return SchemeParameters(
        scheme=name,
        epoch=count_of(fields, "epoch"),
        public=field_of(fields, "public", bool),
        public_key=decode_public_key(bytes_of(fields, "public_key", ELEMENT_BYTES)),
        prefix_bits=count_of(fields, "prefix_bits", maximum=20),
        # An empty range would read as "not exposed" for everybody.
        range_length=count_of(fields, "range_length", minimum=1),
        stretch=StretchProfile(
            count_of(stretch, "memory_kib"),
            count_of(stretch, "iterations"),
            count_of(stretch, "parallelism"),
        ),
        entries=count_of(fields, "entries"),
        rows=count_of(fields, "rows"),
        commitment=None if committed is None else bytes_of(fields, "commitment", 32),
    )
