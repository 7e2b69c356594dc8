"""What the pages can ask: a dataset, by those of its public schemes that their form can fill."""

from __future__ import annotations

from dataclasses import dataclass

from app.identity.schemes import CARD_SCHEMES, FIELD_NAMES, SCHEMES
from app.protocol.parameters import DatasetParameters, SchemeParameters


@dataclass(frozen=True, slots=True)
class Askable:
    """One dataset as the pages ask it.

    Args:
        dataset: what is published about it.
        schemes: by which it is asked, each of them; none when the pages cannot ask it.
    """

    dataset: DatasetParameters
    schemes: tuple[SchemeParameters, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The schemes' names."""
        return tuple(scheme.scheme for scheme in self.schemes)

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that is needed, in the order of the protocol."""
        needed = {field for name in self.names for field in SCHEMES[name].fields}
        return tuple(field for field in FIELD_NAMES if field in needed)

    @property
    def needs_birth_date(self) -> bool:
        """Whether a birth date has to be typed."""
        return "birth_date" in self.fields

    @property
    def is_by_number_alone(self) -> bool:
        """Whether one scheme finds a row by its number, whatever birth date stands beside it."""
        return "nir" in self.names

    @property
    def rows_unseen(self) -> int:
        """Rows of the file that no question can find: the price of a "no"."""
        return self.dataset.rows - max((scheme.rows for scheme in self.schemes), default=0)


def askable(dataset: DatasetParameters) -> Askable:
    """Return a dataset as the pages ask it."""
    offered = (dataset.schemes.get(name) for name in CARD_SCHEMES)
    return Askable(dataset, tuple(s for s in offered if s is not None and s.public))
