"""One writer at a time, across processes, gone with its process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import IngestRunning, Unavailable
from app.protocol.parameters import check_slug

_FORGETTING = ".forgetting.lock"


@contextmanager
def ingest_lock(folder: Path, dataset: str) -> Iterator[None]:
    """Hold the right to fill a dataset; the kernel lets go of it even when we are killed.

    Nobody is forgotten while it is held: whom an ingest must leave out is read when it begins.

    Raises:
        IngestRunning: another process holds it, or somebody is being forgotten.
    """
    with dataset_lock(folder, dataset), _forgetting(folder, fcntl.LOCK_SH):
        yield


@contextmanager
def forgetting_lock(folder: Path) -> Iterator[None]:
    """Hold the right to forget somebody, which nobody has while anything is ingested.

    Raises:
        IngestRunning: something is.
    """
    with _forgetting(folder, fcntl.LOCK_EX):
        yield


@contextmanager
def dataset_lock(folder: Path, dataset: str) -> Iterator[None]:
    """Hold the right to change a dataset.

    Raises:
        IngestRunning: another process holds it.
    """
    with _descriptor(folder / f"{check_slug(dataset)}.lock", os.O_CREAT | os.O_RDWR) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise IngestRunning(
                f"an ingest, or another command, is changing the dataset {dataset}",
                hint="wait until it ends, or stop it",
            ) from None
        yield


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Wait for the right to make what is missing in a folder."""
    with _descriptor(folder, os.O_RDONLY) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@contextmanager
def _forgetting(folder: Path, kind: int) -> Iterator[None]:
    with _descriptor(folder / _FORGETTING, os.O_CREAT | os.O_RDWR) as descriptor:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise IngestRunning(
                "nobody can be forgotten while something is ingested, nor the other way round",
                hint="wait until that ends",
            ) from None
        yield


@contextmanager
def _descriptor(path: Path, flags: int) -> Iterator[int]:
    try:
        descriptor = os.open(path, flags, 0o600)
    except OSError as exc:
        raise Unavailable(f"{path} cannot be opened: {exc.strerror}") from exc
    try:
        yield descriptor
    finally:
        os.close(descriptor)
