"""What a check needs of the world: a server to ask, and somebody to tell how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.crypto.ristretto255 import Element
from app.protocol.messages import EvaluationAnswer
from app.protocol.parameters import DatasetParameters, DeploymentParameters, SchemeParameters


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a client may ask by one scheme.

    Args:
        quota: distinct questions in all.
        spent: of these.
    """

    quota: int
    spent: int

    @property
    def left(self) -> int:
        """Distinct questions that may still be asked."""
        return max(self.quota - self.spent, 0)


class Server(Protocol):
    """The server that holds a dataset's keys, as one client of it sees it.

    Every method raises `ServerUnreachable` where no whole answer came, `ServerRefused` where the
    server said no, `InvalidMessage` and `CryptographyError` where what came cannot be used. Asking
    the same again is always allowed and costs nothing.
    """

    def deployment(self) -> DeploymentParameters:
        """Return what all datasets share."""

    def dataset(self, dataset: str) -> DatasetParameters:
        """Return what is published of one dataset now."""

    def allowances(self) -> Mapping[str, Allowance]:
        """Return the schemes that this client was granted."""

    def evaluate(
        self, dataset: str, parameters: SchemeParameters, blinded: Sequence[Element]
    ) -> EvaluationAnswer:
        """Have a batch evaluated; its proof is not looked at here.

        Raises:
            EpochGone: the epoch of the parameters is not the current one any more.
        """

    def ranges(self, dataset: str, parameters: SchemeParameters) -> bytes | bytearray:
        """Return every range of an index, end to end; their form is not looked at here.

        Raises:
            EpochGone: the epoch of the parameters is not the current one any more.
        """


class Observer(Protocol):
    """Is told how far a check is, from any thread, and must not take long over it."""

    def reading(self, *, rows: int) -> None:
        """Called now and then while the list is read."""

    def stretching(self, *, done: int, total: int) -> None:
        """Called with the distinct inputs that are stretched, those of an earlier run too."""

    def evaluating(self, *, scheme: str, done: int, total: int) -> None:
        """Called with the distinct inputs of a scheme that are answered."""

    def quota_short(self, *, scheme: str, quota: int, total: int) -> None:
        """Called where a client's whole quota is less than the distinct questions of its list."""

    def waiting(self, *, seconds: float, reason: str) -> None:
        """Called before a pause after which something is tried again."""

    def epoch_changed(self) -> None:
        """Called when the server has a new key, so that all is asked again."""
