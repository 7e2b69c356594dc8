"""What the scope report needs from a store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.protocol.parameters import DatasetParameters
from app.scope.report import ScopeSource


@dataclass(frozen=True, slots=True)
class PublishedScope:
    """A published dataset and what was counted of its sources.

    Args:
        parameters: of the epoch that answers.
        sources: that it came from, in the order in which they came.
    """

    parameters: DatasetParameters
    sources: tuple[ScopeSource, ...]


class ScopeStore(Protocol):
    """Where what was counted is kept."""

    def published(self, dataset: str) -> PublishedScope:
        """Return a published dataset's scope.

        Raises:
            UnknownDataset: none of that name is published.
        """
