"""Plain lookups a second through a whole server, over what bare Argon2id allows."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

from app.crypto.stretch import OWASP_19_MIB
from scripts.benches import floors, servers
from scripts.benches.connection import answers, post
from scripts.benches.floors import Rate
from scripts.benches.leaks import DATASET, Leak, ingest
from scripts.benches.measuring import Figure, Pair, Plan, Result, Target, Unit, cores, in_turns
from scripts.benches.table import in_unit

ROWS = 60
SECONDS = 4.0
TARGET = Target(0.95, is_minimum=True)
# Enough that no core waits for the client; few enough that none is refused for want of a place.
CONNECTIONS = min(4 * cores(), cores() + 8)


def measure(plan: Plan) -> Result:
    """Let a few connections ask a server about a made-up leak, and check each answer."""
    leak = Leak.make_up(plan.folder / "leak", ROWS)
    data = plan.folder / "data"
    ingest(leak, data, OWASP_19_MIB)
    questions = _questions(leak)
    client_seconds: list[float] = []
    with (
        servers.concerne(data, limits=servers.LIFTED) as server,
        floors.argon2id_elsewhere() as bare_calls,
    ):

        def lookups(seconds: float = SECONDS) -> Rate:
            client, serving = time.process_time(), server.cpu_seconds()
            answered, elapsed = answers(
                server.port, questions, connections=CONNECTIONS, seconds=seconds
            )
            client_seconds.append((time.process_time() - client) / answered)
            served = (server.cpu_seconds() - serving) / answered
            return Rate(answered / elapsed, served + client_seconds[-1])

        lookups(1.0)
        turns = in_turns(plan.runs, lambda: bare_calls(SECONDS), lookups)
    rates = [Pair(taken.per_second, most.per_second) for most, taken in turns]
    cpu = [Pair(taken.cpu_seconds, least.cpu_seconds) for least, taken in turns]
    return Result(
        [
            Figure("plain lookups over bare Argon2id calls", Unit.PER_SECOND, rates, TARGET),
            Figure("  what one takes, server and client, CPU time", Unit.SECONDS, cpu),
        ],
        [
            f"lookups: {CONNECTIONS} connections on the same {cores()} cores, limits lifted",
            f"lookups: of one, the client takes {in_unit(max(client_seconds), Unit.SECONDS)}",
        ],
    )


def _questions(leak: Leak) -> Iterator[tuple[bytes, bytes]]:
    """Repeat the leak's truth without end, each question with what its answer must say."""
    asked = []
    for question in leak.questions("nir-dob"):
        said = b'"exposed":true' if question.pop("exposed") else b'"exposed":false'
        asked.append((post(f"/v1/datasets/{DATASET}/lookups", question), said))
    return itertools.cycle(asked)
