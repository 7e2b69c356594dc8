"""What the scope report needs from a store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from app.protocol.parameters import DatasetParameters, DeploymentParameters
from app.scope.source import ScopeSource


@dataclass(frozen=True, slots=True)
class PublishedScope:
    """A published dataset and what was counted of its sources.

    Args:
        parameters: of the epoch that answers.
        sources: that it came from, in the order in which they came, each as it was counted.
        grown: by how many entries of each scheme the dataset grew with each source; None where that
            was not noted.
        deployment: whose salt a commitment is computed with.
        forgotten: inputs of the sources that were left out, or taken out before the last of them
            came.
    """

    parameters: DatasetParameters
    sources: tuple[ScopeSource, ...]
    grown: tuple[Mapping[str, int] | None, ...]
    deployment: DeploymentParameters
    forgotten: int


class ScopeStore(Protocol):
    """Where what was counted is kept."""

    def published(self, dataset: str) -> PublishedScope:
        """Return a published dataset's scope.

        Raises:
            UnknownDataset: none of that name is published.
        """
