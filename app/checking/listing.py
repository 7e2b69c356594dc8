"""Writes the work list: the laboratory's rows, read once more, each with what is known of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from app.checking.pipeline import CheckedList, OpenList
from app.checking.verdicts import Verdict
from app.errors import InvalidField, SourceDiffers
from app.identity.schemes import normaliser_of
from app.reading.mapping import ListMapping
from app.reading.sources.rows import Row
from app.worklist.columns import SEPARATOR, Channel
from app.worklist.recipients import parse_recipients
from app.worklist.summary import Summary
from app.worklist.writing import named, writing

Channels = Callable[[Sequence[str]], tuple[Channel, ...]]
# Where the mapping says nothing of recipients, the identifiers themselves say how to reach people.
_OF_FIELDS = {"email": Channel.EMAIL, "phone": Channel.PHONE}


def write_list(
    checked: CheckedList, open_list: OpenList, list_sha256: bytes, mapping: ListMapping, out: Path
) -> Summary:
    """Write what is known of every row, and return it in numbers.

    Args:
        checked: what is known.
        open_list: gives the list anew.
        list_sha256: of the bytes that were checked.
        mapping: of the list.
        out: the work list; what is there is replaced.

    Raises:
        SourceDiffers: the list is not the one that was checked any more; nothing is written.
        InvalidInput, Unavailable: it cannot be written; nothing is there.
    """
    summary = _empty(checked)
    with open_list() as table:
        channels = channels_of(mapping, table.header)
        width = len(table.header)
        with writing(out, named(table.header)) as writer:
            number = -1
            for number, row in enumerate(table.rows()):
                _check_known(number < len(checked.questions))
                verdict = checked.verdict(number)
                cells = ("",) * width if row.values is None else row.values
                ways = () if row.values is None else channels(row.values)
                summary.count(verdict.outcome, verdict.reason, verdict.schemes, ways)
                writer.row([*cells, *_added(verdict, row, ways)])
            _check_known(number + 1 == len(checked.questions) and table.sha256 == list_sha256)
            summary.unread_sheets = table.unread_sheets
            writer.finish(summary)
    return summary


def channels_of(mapping: ListMapping, header: Sequence[str]) -> Channels:
    """Return what tells of a row how its person can be told.

    Raises:
        InvalidMapping: [recipient] cannot be used with these columns.
    """
    if mapping.recipient:
        recipients = parse_recipients(mapping.recipient).bound(header)
        return lambda row: recipients.of(row).channels
    places = [
        (field, channel, mapping.source.fields[field].positions(header))
        for field, channel in _OF_FIELDS.items()
        if field in mapping.source.fields
    ]

    def channels(row: Sequence[str]) -> tuple[Channel, ...]:
        return tuple(
            channel
            for field, channel, positions in places
            if any(_is_accepted(field, row[position]) for position in positions)
        )

    return channels


def _is_accepted(field: str, cell: str) -> bool:
    if not cell.strip():
        return False
    try:
        normaliser_of(field)(cell)
    except InvalidField:
        return False
    return True


def _added(verdict: Verdict, row: Row, channels: tuple[Channel, ...]) -> tuple[str, ...]:
    # A row whose cells are not known is found by its line.
    where = f"line {row.line}: " if row.values is None else ""
    schemes, ways = SEPARATOR.join(verdict.schemes), SEPARATOR.join(channels)
    return verdict.outcome.value, where + verdict.reason, schemes, ways


def _check_known(is_known: bool) -> None:  # noqa: FBT001 the one thing it is asked
    if not is_known:
        raise SourceDiffers("the list is not the one that was checked any more", hint="begin again")


def _empty(checked: CheckedList) -> Summary:
    return Summary(
        dataset=checked.dataset.dataset,
        title=checked.dataset.title,
        epoch=checked.dataset.epoch,
        begun_on=checked.begun_on,
        asked=checked.asked.schemes,
        left_out=checked.asked.left_out,
        stopped=checked.stopped,
        contact=checked.contact,
    )
