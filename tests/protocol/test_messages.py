"""What is written reads back the same; what is damaged is refused by name, without its value."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from app.crypto import oprf
from app.errors import BatchMismatch, ConcerneError, IdentityElement, InvalidElement, InvalidMessage
from app.protocol import messages
from app.protocol.messages import Answer
from tests.protocol.examples import DEPLOYMENT, publish

PUBLISHED = publish(["01 99 00 00 01"])
BLINDED = [oprf.blind(bytes([i]))[1] for i in range(3)]
EVALUATION = messages.EvaluationAnswer(7, oprf.blind_evaluate(PUBLISHED.key, BLINDED))


def over_the_wire(document: messages.Json) -> Any:
    return json.loads(json.dumps(document))


def test_every_document_reads_back_as_it_was_written() -> None:
    dataset = over_the_wire(messages.dataset_to_json(PUBLISHED.dataset))
    assert messages.dataset_from_json(dataset) == PUBLISHED.dataset
    deployment = over_the_wire(messages.deployment_to_json(DEPLOYMENT))
    assert messages.deployment_from_json(deployment, normalisation=1) == DEPLOYMENT
    evaluation = over_the_wire(messages.evaluation_to_json(EVALUATION))
    assert messages.evaluation_from_json(evaluation) == EVALUATION
    request = over_the_wire(messages.evaluation_request_to_json(BLINDED))
    assert messages.blinded_from_json(request["blinded"], maximum=8) == BLINDED
    for answer in Answer:
        lookup = over_the_wire(messages.lookup_to_json("demo", "nir", 1, answer))
        assert messages.lookup_from_json(lookup, dataset="demo", scheme="nir") is answer


def damaged(document: Any) -> list[Any]:
    """Return the document with each field in turn missing, and of a kind that none has."""
    variants: list[Any] = []
    for name, value in document.items():
        variants.append({k: v for k, v in document.items() if k != name})
        variants.extend(document | {name: bad} for bad in (None, [7], [None], 0.5))
        if isinstance(value, dict):
            variants.extend(document | {name: inner} for inner in damaged(value))
    return variants


def test_a_damaged_dataset_is_refused() -> None:
    """Every field that a client acts upon is needed; a commitment may be absent by design."""
    document = messages.dataset_to_json(PUBLISHED.dataset)
    acted_upon = {k: v for k, v in document.items() if k not in ("coverage", "public_schemes")}
    phone = {k: v for k, v in acted_upon["schemes"]["phone"].items() if k != "commitment"}
    variants = damaged({k: v for k, v in acted_upon.items() if k != "schemes"})
    assert len(variants) > 30
    for bad in variants:
        with pytest.raises(ConcerneError):
            messages.dataset_from_json({"schemes": acted_upon["schemes"]} | bad)
    for bad in [
        *damaged(phone),
        None,
        [],
        phone | {"commitment": "AA"},
        phone | {"prefix_bits": 21},
    ]:
        with pytest.raises(ConcerneError):
            messages.dataset_from_json(acted_upon | {"schemes": {"phone": bad}})


def read_lookup(document: object) -> Answer:
    return messages.lookup_from_json(document, dataset="demo", scheme="nir")


def read_deployment(document: object) -> object:
    return messages.deployment_from_json(document, normalisation=1)


@pytest.mark.parametrize(
    ("document", "read"),
    [
        (messages.evaluation_to_json(EVALUATION), messages.evaluation_from_json),
        (messages.lookup_to_json("demo", "nir", 1, Answer.EXPOSED), read_lookup),
        (messages.deployment_to_json(DEPLOYMENT), read_deployment),
    ],
    ids=["evaluation", "lookup", "deployment"],
)
def test_a_damaged_answer_is_refused(
    document: messages.Json, read: Callable[[object], object]
) -> None:
    read(document)
    for bad in [*damaged(document), None, [], "x", 1]:
        with pytest.raises(ConcerneError):
            read(bad)


@pytest.mark.parametrize("exposed", [0, 1, "false", "", None])
def test_only_a_boolean_is_an_answer(exposed: object) -> None:
    """Nothing that merely looks false is "not exposed"."""
    document = messages.lookup_to_json("demo", "nir", 1, Answer.EXPOSED) | {"exposed": exposed}
    with pytest.raises(InvalidMessage, match="exposed"):
        read_lookup(document)


def test_an_answer_to_another_question_is_refused() -> None:
    document = messages.lookup_to_json("demo", "nir", 1, Answer.NOT_EXPOSED)
    for dataset, scheme in (("other", "nir"), ("demo", "phone")):
        with pytest.raises(InvalidMessage):
            messages.lookup_from_json(document, dataset=dataset, scheme=scheme)


def test_a_server_of_another_normalisation_is_refused() -> None:
    """A changed rule is a silent miss, so the versions must agree."""
    document = messages.deployment_to_json(DEPLOYMENT)
    with pytest.raises(InvalidMessage, match="normalisation"):
        messages.deployment_from_json(document, normalisation=2)


def test_a_bad_element_is_refused_by_its_index_and_kind() -> None:
    good = messages.evaluation_request_to_json(BLINDED)["blinded"]
    with pytest.raises(InvalidMessage, match=r"blinded\[1\]"):
        messages.blinded_from_json([good[0], "###"], maximum=8)
    with pytest.raises(IdentityElement):
        messages.blinded_from_json(["A" * 43], maximum=8)
    with pytest.raises(InvalidElement):
        messages.blinded_from_json(["_" * 42 + "8"], maximum=8)


@pytest.mark.parametrize("count", [0, 9])
def test_a_batch_of_another_size_is_refused(count: int) -> None:
    good = messages.evaluation_request_to_json(BLINDED)["blinded"][0]
    with pytest.raises(BatchMismatch):
        messages.blinded_from_json([good] * count, maximum=8)
