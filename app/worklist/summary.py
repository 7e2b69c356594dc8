"""What a work list says in numbers, with the labels that a person reads beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from app.worklist.columns import Channel, Outcome

LABELS: Mapping[Outcome, tuple[str, str]] = {
    Outcome.EXPOSED: ("Figurent dans la fuite", "Exposed"),
    Outcome.NOT_EXPOSED: ("N’y figurent pas", "Not exposed"),
    Outcome.UNCHECKED: ("N’ont pas pu être vérifiées", "Could not be checked"),
}
_CHANNELS: Mapping[Channel | None, tuple[str, str]] = {
    Channel.POST: ("par courrier", "by post"),
    Channel.EMAIL: ("par courriel", "by e-mail"),
    Channel.PHONE: ("par téléphone", "by telephone"),
    None: ("par aucun moyen de la liste", "by no means in the list"),
}
Cell = str | int | date
Line = tuple[Cell, ...]


@dataclass(slots=True)
class Summary:
    """Counts rows by what is said of them; the three outcomes add up to all rows.

    Args:
        dataset: the slug.
        title: of the leak.
        epoch: in which it was asked.
        begun_on: the day on which the check began.
        asked: the schemes.
        left_out: schemes that were not asked, each with the reason.
        stopped: why not all was asked; else empty.
        contact: whom to call about that, if the server names somebody.
        unread_sheets: of a workbook, those that hold something and are no part of the list.
    """

    dataset: str
    title: str
    epoch: int
    begun_on: date
    asked: tuple[str, ...]
    left_out: Mapping[str, str]
    stopped: str = ""
    contact: str = ""
    unread_sheets: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    schemes: Counter[str] = field(default_factory=Counter)
    channels: Counter[Channel | None] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        """All rows."""
        return self.outcomes.total()

    def count(
        self,
        outcome: Outcome,
        reason: str,
        schemes: tuple[str, ...],
        channels: tuple[Channel, ...],
    ) -> None:
        """Count one row."""
        self.outcomes[outcome] += 1
        if outcome is Outcome.UNCHECKED:
            self.reasons[reason] += 1
        if outcome is Outcome.EXPOSED:
            self.schemes.update(schemes)
            self.channels.update(channels or (None,))

    def lines(self) -> Iterator[Line]:
        """Yield the lines of the summary sheet: French, English, and what is said."""
        yield "Fuite", "Leak", self.title
        yield "Nom court", "Short name", self.dataset
        yield "Version de la fuite", "Epoch", self.epoch
        yield "Vérification commencée le", "Check begun on", self.begun_on
        yield "Interrogée par", "Asked by", ", ".join(self.asked)
        for scheme, why in self.left_out.items():
            yield "Non interrogée par", "Not asked by", f"{scheme}: {why}"
        if self.stopped:
            yield "INCOMPLÈTE", "NOT FINISHED", self.stopped
            if self.contact:
                yield "Qui appeler", "Whom to call", self.contact
        if self.unread_sheets:
            yield "Feuilles non vérifiées", "Sheets not checked", self.unread_sheets
        yield ()
        yield "Lignes de la liste", "Rows of the list", self.rows
        for outcome, labels in LABELS.items():
            yield *labels, self.outcomes[outcome]
        yield ()
        yield "Figurent dans la fuite, trouvées par :", "Exposed, found by:"
        for scheme in self.asked:
            yield scheme, scheme, self.schemes[scheme]
        yield ()
        yield "Figurent dans la fuite, joignables :", "Exposed, can be told:"
        for channel, labels in _CHANNELS.items():
            yield *labels, self.channels[channel]
        yield ()
        yield "N’ont pas pu être vérifiées, motif :", "Could not be checked, reason:"
        for reason, number in sorted(self.reasons.items(), key=lambda each: (-each[1], each[0])):
            yield "", reason, number
