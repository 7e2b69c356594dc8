"""From the stored elements of a scheme to the ranges that answer for it."""

from __future__ import annotations

from app.crypto import ristretto255 as group
from app.crypto.keys import EvaluationKey
from app.ingest.ports import Draft, IndexPublication
from app.protocol.commitment import (
    COMMITMENT_ENTRIES_MINIMUM,
    commitment,
    total_of_inputs,
)
from app.protocol.fingerprints import Locator
from app.protocol.ranges import RangeBuilder, choose_prefix_bits


def index_of(
    draft: Draft, dataset: str, scheme: str, key: EvaluationKey, rows: int, *, taken_out: int = 0
) -> IndexPublication:
    """Make one scheme's index from its distinct elements: 8 bytes of memory an entry.

    Args:
        draft: that holds the elements.
        dataset: the slug.
        scheme: the scheme's name.
        key: whose elements they are.
        rows: rows of all sources that gave at least one input of the scheme.
        taken_out: entries that earlier sources gave and that are not there any more. They are
            still counted: a number that went down would tell everybody that somebody was.
    """
    entries = draft.count(scheme)
    prefix_bits = choose_prefix_bits(entries)
    locator, builder = Locator(dataset, scheme, prefix_bits), RangeBuilder(prefix_bits)
    total = group.IDENTITY_SUM
    for element in draft.elements(scheme):
        builder.add(locator.locate(element))
        total = group.add(total, element)
    is_committed = entries >= COMMITMENT_ENTRIES_MINIMUM
    return IndexPublication(
        scheme=scheme,
        entries=entries + taken_out,
        rows=rows,
        prefix_bits=prefix_bits,
        range_length=builder.range_length,
        commitment=commitment(total_of_inputs(key, total)) if is_committed else None,
        ranges=builder.build(),
    )
