"""The work that no program could avoid, done with as little around it as can be."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw

from app.crypto import oprf
from app.crypto import ristretto255 as group
from app.crypto.keys import EvaluationKey
from app.crypto.multiscalar import vartime_multiscalar_multiply
from app.crypto.stretch import OWASP_19_MIB, SALT_BYTES, STRETCHED_BYTES, StretchProfile
from scripts.benches.measuring import cores

# What an encoded `nir-dob` has.
_INPUT_BYTES = 47


def bare_argon2id(profile: StretchProfile, calls: int) -> None:
    """Make this many bare Argon2id calls one after the other."""
    salt, inputs = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(_INPUT_BYTES)
    for _ in range(calls):
        hash_secret_raw(
            inputs,
            salt,
            time_cost=profile.iterations,
            memory_cost=profile.memory_kib,
            parallelism=profile.parallelism,
            hash_len=STRETCHED_BYTES,
            type=Type.ID,
        )


def bare_argon2id_on_all_cores(profile: StretchProfile, calls: int, *, at_once: int = 1) -> None:
    """Make this many bare Argon2id calls in as many threads as there are cores.

    Args:
        profile: the cost of one.
        calls: how many.
        at_once: how many a thread makes before it takes more; for cheap calls, more than one.
    """
    chunks = [at_once] * (calls // at_once) + [calls % at_once]
    with ThreadPoolExecutor(cores()) as pool:
        for _ in pool.map(lambda chunk: bare_argon2id(profile, chunk), chunks):
            pass


def group_operations(inputs: int) -> None:
    """Hash this many inputs to the group, and multiply each once."""
    key, stretched = EvaluationKey.generate(), secrets.token_bytes(STRETCHED_BYTES)
    for _ in range(inputs):
        group.multiply(key.secret, oprf.hash_to_group(stretched))


def group_operations_on_all_cores(inputs: int, *, at_once: int) -> None:
    """Do the same in as many threads as there are cores."""
    chunks = [at_once] * (inputs // at_once) + [inputs % at_once]
    with ThreadPoolExecutor(cores()) as pool:
        for _ in pool.map(group_operations, chunks):
            pass


def check_operations(inputs: int) -> None:
    """Do what RFC 9497 asks of both sides for a batch of so many inputs, and no more.

    The client hashes to the group and blinds; the server decodes, multiplies, and sums for its
    proof; the client decodes, sums twice to verify it, and unblinds.
    """
    scalar, element = group.random_scalar(), oprf.hash_to_group(bytes(STRETCHED_BYTES))
    for _ in range(inputs):
        group.multiply(scalar, oprf.hash_to_group(element))
        for _ in range(2):
            group.decode_element(element)
        for _ in range(2):
            group.multiply(scalar, element)
    for _ in range(3):
        vartime_multiscalar_multiply([scalar] * inputs, [element] * inputs)


def check_operations_on_all_cores(inputs: int, *, at_once: int) -> None:
    """Do the same in as many threads as there are cores."""
    chunks = [at_once] * (inputs // at_once) + [inputs % at_once]
    with ThreadPoolExecutor(cores()) as pool:
        for _ in pool.map(check_operations, chunks):
            pass


def bare_insertions(folder: Path, elements: Sequence[bytes]) -> None:
    """Insert elements, in their order, into a new table of the form they are kept in; commit."""
    file = folder / f"insertions-{secrets.token_hex(8)}.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE entry (element BLOB PRIMARY KEY) STRICT, WITHOUT ROWID")
        with database:
            rows = ((element,) for element in elements)
            database.executemany("INSERT INTO entry VALUES (?)", rows)
    file.unlink()


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of something all cores made in a second, and what one took of a core."""

    per_second: float
    cpu_seconds: float


@contextmanager
def argon2id_elsewhere() -> Iterator[Callable[[float], Rate]]:
    """Give a process of its own that makes bare Argon2id calls for so many seconds."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:

        def call_for(seconds: float) -> Rate:
            return process.submit(_call_for, seconds).result()

        call_for(0.5)  # starts it, and touches its memory once
        yield call_for


def _call_for(seconds: float) -> Rate:
    """Count until the time is over; each thread by its own clock, for the last call of each."""
    cpu = time.process_time()
    with ThreadPoolExecutor(cores()) as pool:
        made = list(pool.map(_call_for_in_one_thread, [seconds] * cores()))
    calls = sum(number for number, _ in made)
    return Rate(
        per_second=sum(number / elapsed for number, elapsed in made),
        cpu_seconds=(time.process_time() - cpu) / calls,
    )


def _call_for_in_one_thread(seconds: float) -> tuple[int, float]:
    calls, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds or not calls:
        bare_argon2id(OWASP_19_MIB, 1)
        calls += 1
    return calls, elapsed
