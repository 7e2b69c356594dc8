"""The two parties together, and a client against a server that lies."""

from __future__ import annotations

import dataclasses

import pytest

from app.crypto import oprf
from app.crypto.keys import EvaluationKey
from app.crypto.stretch import StretchProfile, stretch
from app.errors import (
    BatchMismatch,
    EpochGone,
    InvalidField,
    InvalidMessage,
    ProofMismatch,
    StretchRefused,
    UnknownScheme,
)
from app.protocol import client, server
from app.protocol.fingerprints import Locator
from app.protocol.messages import Answer, EvaluationAnswer
from tests.protocol.examples import DEPLOYMENT, Published, publish

PHONES = [f"01 99 00 {n // 100:02} {n % 100:02}" for n in range(700)]
PUBLISHED = publish(PHONES)


def ask(published: Published, phones: list[str]) -> client.Batch:
    stretched = [
        client.stretch_identifier(DEPLOYMENT, published.parameters, {"phone": phone})
        for phone in phones
    ]
    return client.Batch.prepare("demo", published.parameters, stretched)


def test_both_ways_give_the_right_answer_for_everyone() -> None:
    """Private and plain agree, for 700 that are in the leak and 300 that are not."""
    assert PUBLISHED.parameters.prefix_bits == 1
    strangers = [f"02 61 91 {n // 100:02} {n % 100:02}" for n in range(300)]
    batch = ask(PUBLISHED, PHONES + strangers)
    answer = server.answer_evaluation(PUBLISHED.key, 1, batch.blinded)
    locator = Locator("demo", "phone", PUBLISHED.parameters.prefix_bits)
    for phone, location in zip(PHONES + strangers, batch.receive(answer), strict=True):
        expected = Answer.of(is_exposed=phone in PHONES)
        packed = PUBLISHED.ranges[location.prefix]
        assert client.compare(PUBLISHED.parameters, location, packed) is expected
        encoded = server.encode_identifier("phone", {"phone": phone})
        stretched = stretch(PUBLISHED.parameters.stretch, DEPLOYMENT.stretch_salt, encoded)
        plain = server.locate_stretched(PUBLISHED.key, locator, stretched)
        assert plain == location
        assert server.answer_lookup(packed, plain) is expected


def test_the_same_question_asked_twice_looks_unrelated() -> None:
    first, second = (ask(PUBLISHED, PHONES[:1]) for _ in range(2))
    assert first.blinded != second.blinded


def test_a_server_with_another_key_is_refused() -> None:
    batch = ask(PUBLISHED, PHONES[:2])
    with pytest.raises(ProofMismatch):
        batch.receive(server.answer_evaluation(EvaluationKey.generate(), 1, batch.blinded))


def test_answers_out_of_place_are_refused() -> None:
    batch = ask(PUBLISHED, PHONES[:2])
    honest = server.answer_evaluation(PUBLISHED.key, 1, batch.blinded).evaluation
    swapped = oprf.Evaluation(honest.elements[::-1], honest.proof)
    with pytest.raises(ProofMismatch):
        batch.receive(EvaluationAnswer(1, swapped))


def test_an_answer_with_an_item_less_is_refused() -> None:
    batch = ask(PUBLISHED, PHONES[:2])
    honest = server.answer_evaluation(PUBLISHED.key, 1, batch.blinded[:1])
    with pytest.raises(BatchMismatch):
        batch.receive(honest)


def test_an_answer_of_another_epoch_is_refused() -> None:
    batch = ask(PUBLISHED, PHONES[:1])
    with pytest.raises(EpochGone):
        batch.receive(server.answer_evaluation(PUBLISHED.key, 2, batch.blinded))


def test_a_range_of_another_length_is_no_answer() -> None:
    batch = ask(PUBLISHED, PHONES[:1])
    (location,) = batch.receive(server.answer_evaluation(PUBLISHED.key, 1, batch.blinded))
    packed = PUBLISHED.ranges[location.prefix]
    for altered in (packed[:-8], packed + bytes(8), b""):
        with pytest.raises(InvalidMessage):
            client.compare(PUBLISHED.parameters, location, altered)


def test_a_cost_beyond_the_clients_bounds_is_refused_before_any_work() -> None:
    heavy = dataclasses.replace(PUBLISHED.parameters, stretch=StretchProfile(2**21, 1, 1))
    with pytest.raises(StretchRefused):
        client.stretch_identifier(DEPLOYMENT, heavy, {"phone": PHONES[0]})


def test_bad_fields_are_refused_before_any_work() -> None:
    with pytest.raises(InvalidField):
        client.stretch_identifier(DEPLOYMENT, PUBLISHED.parameters, {"phone": "12"})
    with pytest.raises(UnknownScheme):
        server.encode_identifier("blood-group", {})


def test_a_batch_does_not_print_its_blinds() -> None:
    batch = ask(PUBLISHED, PHONES[:1])
    assert str(batch.blinds[0]) not in repr(batch)
