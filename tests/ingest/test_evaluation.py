"""Inputs are stretched and evaluated by several threads, in order, and a failure is not skipped."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from app.crypto import oprf
from app.crypto.keys import EvaluationKey
from app.crypto.stretch import INSECURE_TEST_ONLY, Stretched, StretchProfile, stretch
from app.errors import Unavailable
from app.ingest import evaluation
from app.ingest.evaluation import CHUNK_INPUTS, CHUNKS_PER_WORKER, Evaluator

KEYS = {name: EvaluationKey.generate() for name in ("nir", "phone")}
SALT = bytes(16)
EVALUATOR = Evaluator(KEYS, SALT, INSECURE_TEST_ONLY, workers=2)


def inputs(count: int) -> list[tuple[str, bytes]]:
    return [(("nir", "phone")[n % 2], b"%d" % n) for n in range(count)]


def test_every_input_gives_its_element_under_its_schemes_key_in_order() -> None:
    given = inputs(2 * CHUNK_INPUTS * CHUNKS_PER_WORKER + 3)
    expected = [
        (scheme, oprf.evaluate(KEYS[scheme], stretch(INSECURE_TEST_ONLY, SALT, encoded)))
        for scheme, encoded in given
    ]
    assert [each for chunk in EVALUATOR.evaluate_all(given) for each in chunk] == expected


def test_only_so_much_is_read_ahead() -> None:
    """A source of any size fits in memory."""
    taken: list[int] = []

    def endless() -> Iterator[tuple[str, bytes]]:
        for n in range(10**9):
            taken.append(n)
            yield "nir", b"%d" % n

    chunks = EVALUATOR.evaluate_all(endless())
    next(chunks)
    assert len(taken) == 2 * CHUNK_INPUTS * CHUNKS_PER_WORKER
    chunks.close()


def test_no_thread_works_on_after_it_is_closed() -> None:
    before = set(threading.enumerate())
    chunks = EVALUATOR.evaluate_all(inputs(1000))
    next(chunks)
    assert set(threading.enumerate()) - before
    chunks.close()
    assert set(threading.enumerate()) <= before


def test_a_stretch_that_fails_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """An input left out would be a person told "not exposed"."""

    def fail_once(profile: StretchProfile, salt: bytes, encoded: bytes) -> Stretched:
        if encoded == b"500":
            raise Unavailable("no memory")
        return stretch(profile, salt, encoded)

    monkeypatch.setattr(evaluation, "stretch", fail_once)
    with pytest.raises(Unavailable, match="no memory"):
        list(EVALUATOR.evaluate_all(inputs(1000)))
