"""The states of a dataset, and which may follow which: the one place that says so."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.errors import StateRefused


class DatasetState(StrEnum):
    """What a dataset is. Only a published one answers anybody."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"
    ERASED = "erased"


# What is retired can come back: its plaintext is gone, so that a mistake could not be mended
# otherwise. What is erased leaves its name behind for ever, so that nobody takes a later dataset
# for it.
TRANSITIONS: Final[Mapping[DatasetState, frozenset[DatasetState]]] = MappingProxyType(
    {
        DatasetState.DRAFT: frozenset({DatasetState.PUBLISHED, DatasetState.ERASED}),
        DatasetState.PUBLISHED: frozenset({DatasetState.RETIRED, DatasetState.ERASED}),
        DatasetState.RETIRED: frozenset({DatasetState.PUBLISHED, DatasetState.ERASED}),
        DatasetState.ERASED: frozenset(),
    }
)


def check_transition(dataset: str, now: DatasetState, wanted: DatasetState) -> None:
    """Refuse what cannot follow.

    Raises:
        StateRefused: with what can.
    """
    if wanted in TRANSITIONS[now]:
        return
    possible = ", ".join(sorted(TRANSITIONS[now])) or "nothing"
    raise StateRefused(
        f"the dataset {dataset} is {now}, and cannot become {wanted}",
        hint=f"what can follow is: {possible}",
    )
