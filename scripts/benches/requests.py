"""One evaluation and one range over HTTP, over an empty route of the same framework."""

from __future__ import annotations

import secrets
import statistics
import time
from contextlib import ExitStack
from functools import partial

from app.crypto import oprf
from app.crypto.keys import EvaluationKey
from app.crypto.ristretto255 import Element
from app.crypto.stretch import OWASP_19_MIB
from app.protocol.messages import evaluation_request_to_json
from scripts.benches import servers
from scripts.benches.connection import Connection, get, post
from scripts.benches.indexes import EPOCH, SCHEME, publish
from scripts.benches.leaks import DATASET
from scripts.benches.measuring import Figure, Pair, Plan, Result, Target, Unit, in_turns

ENTRIES = 491_840
# Short turns, many of them: what disturbs a latency comes and goes within a second.
REQUESTS_A_TURN = 50
TURNS_A_RUN = 12
TARGET = Target(2.0)
_PATH = f"/v1/datasets/{DATASET}/schemes/{SCHEME}"


def measure(plan: Plan) -> Result:
    """Ask three servers in turns, from one connection each, one request after the other."""
    index = publish(plan.folder / "data", ENTRIES, OWASP_19_MIB)
    elements = [oprf.blind(secrets.token_bytes(32))[1] for _ in range(REQUESTS_A_TURN)]
    evaluations = [
        post(f"{_PATH}/evaluations", evaluation_request_to_json([element])) for element in elements
    ]
    ranges = [
        get(f"{_PATH}/ranges/{index.some_prefix()}?epoch={EPOCH}") for _ in range(REQUESTS_A_TURN)
    ]
    nothing = [get(servers.EMPTY_ROUTE)] * REQUESTS_A_TURN
    with ExitStack() as stack:
        empty, limited, lifted = (
            Connection(stack.enter_context(server).port)
            for server in (
                servers.empty(plan.folder),
                servers.concerne(index.data, limits=servers.OUT_OF_REACH),
                servers.concerne(index.data, limits=servers.LIFTED),
            )
        )
        steps = [
            partial(empty.median_seconds, nothing),
            partial(_group_seconds, EvaluationKey.generate(), elements),
            partial(limited.median_seconds, evaluations),
            partial(lifted.median_seconds, evaluations),
            partial(limited.median_seconds, ranges),
            partial(lifted.median_seconds, ranges),
        ]
        in_turns(1, *steps)
        turns = in_turns(plan.runs * TURNS_A_RUN, *steps)
    evaluated, evaluated_lifted, ranged, ranged_lifted = [], [], [], []
    for floor, group, evaluation, evaluation_lifted, one_range, one_range_lifted in turns:
        evaluated.append(Pair(evaluation, floor + group))
        evaluated_lifted.append(Pair(evaluation_lifted, floor + group))
        ranged.append(Pair(one_range, floor))
        ranged_lifted.append(Pair(one_range_lifted, floor))
    floors = [statistics.median(column) * 1e6 for column in zip(*turns, strict=True)][:2]
    return Result(
        [
            Figure(
                "one evaluation over an empty route and its group operations",
                Unit.SECONDS, evaluated, TARGET,
            ),
            Figure("  the same with limits lifted", Unit.SECONDS, evaluated_lifted),
            Figure("one range over an empty route", Unit.SECONDS, ranged, TARGET),
            Figure("  the same with limits lifted", Unit.SECONDS, ranged_lifted),
        ],
        [
            "http: median latencies of one connection",
            f"http: an empty route takes {floors[0]:.0f} µs, blind_evaluate {floors[1]:.0f} µs",
            f"http: each limit {servers.OUT_OF_REACH}, where it does not say lifted",
            f"http: {ENTRIES:,} entries, {index.range_length * 8:,} bytes a range",
        ],
    )  # fmt: skip


def _group_seconds(key: EvaluationKey, elements: list[Element]) -> float:
    """Return the median time of evaluating one decoded element, proof included."""
    taken = []
    for element in elements:
        started = time.perf_counter()
        oprf.blind_evaluate(key, [element])
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)
