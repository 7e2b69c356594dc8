"""What a report says, in one language: headlines, figures, how sure it is, how it is cited."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from app.encoding import to_base64url
from app.identity.schemes import SCHEMES
from app.scope.report import ScopeReport
from app.scope.showing.figures import Figure, figures_of
from app.scope.showing.words import Words
from app.scope.source import ScopeSource
from app.scope.successive import DIFFERENCE_MINIMUM
from app.scope.table import NOT_TOLD, OTHER
from app.scope.tables import REPORT_PEOPLE_MINIMUM

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what stands beside it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class SourceContent:
    """One file that was read.

    Args:
        number: from 1.
        title: empty where there is one file only.
        headlines: the numbers that are quoted, each above what it counts.
        figures: one for each table.
        missing: why there are none; empty where there are.
        sure: how much of the file the numbers are of.
    """

    number: int
    title: str
    headlines: Sequence[Fact]
    figures: Sequence[Figure]
    missing: str
    sure: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is shown.

    Args:
        title: of the dataset.
        sources: in the order in which they came.
        citation: one sentence, with the fingerprint.
        fingerprint: of the report's canonical bytes, in hexadecimal.
        identity: what else tells this report from any other.
    """

    language: str
    title: str
    dataset: str
    sources: Sequence[SourceContent]
    citation: str
    fingerprint: str
    identity: Sequence[Fact]


def fingerprint_of(report: ScopeReport) -> str:
    """Return the SHA-256 of the bytes that are signed, in hexadecimal."""
    return hashlib.sha256(report.canonical()).hexdigest()


def content_of(report: ScopeReport, language: str) -> Content:
    """Return what a report says.

    Args:
        report: as it was signed.
        language: `fr` or `en`.
    """
    words = Words(language)
    fingerprint = fingerprint_of(report)
    return Content(
        language=language,
        title=report.title,
        dataset=report.dataset,
        sources=[_source(source, report, words) for source in report.sources],
        citation=words(
            "citation",
            title=report.title,
            epoch=report.epoch,
            date=words.day(report.made_at.date()),
            fingerprint=fingerprint,
        ),
        fingerprint=fingerprint,
        identity=_identity(report, words, fingerprint),
    )


def _source(source: ScopeSource, report: ScopeReport, words: Words) -> SourceContent:
    is_only = len(report.sources) == 1
    sure = [*_rows(source, words)]
    if is_only:
        sure += [
            Fact(
                words("coverage", scheme=words.scheme(name)),
                _shared(scheme.rows, source.rows, words),
            )
            for name, scheme in _in_order(report.schemes)
        ]
    return SourceContent(
        number=source.number,
        title="" if is_only else words("source", number=source.number),
        headlines=_headlines(source, words),
        figures=figures_of(source, words),
        missing=_missing(source, words),
        sure=sure,
    )


def _missing(source: ScopeSource, words: Words) -> str:
    if source.tables:
        return ""
    if source.is_withheld:
        return words("too_near", minimum=DIFFERENCE_MINIMUM)
    return words("too_few", minimum=REPORT_PEOPLE_MINIMUM)


def _headlines(source: ScopeSource, words: Words) -> Sequence[Fact]:
    found = [
        Fact(words("people"), words.people(source.people)),
        Fact(words("rows"), words.number(source.rows)),
    ]
    for table, name in (("laboratory", "laboratories"), ("department", "departments")):
        values = _named(source, table)
        if values:
            found.append(Fact(words(name), words.number(len(values))))
    years = _named(source, "exam-year")
    if years:
        span = years[0] if years[0] == years[-1] else f"{years[0]}–{years[-1]}"
        found.append(Fact(words("years"), span))
    return found


def _named(source: ScopeSource, name: str) -> Sequence[str]:
    """Return the values of a table that stand for one thing each."""
    table = source.table(name)
    if table is None:
        return ()
    return [value for value in table.dimensions[0].values if value not in (NOT_TOLD, OTHER)]


def _rows(source: ScopeSource, words: Words) -> Sequence[Fact]:
    rejected = source.rows - source.rows_used
    found = [
        Fact(words("rows_used"), _shared(source.rows_used, source.rows, words)),
        Fact(words("rows_rejected"), _shared(rejected, source.rows, words)),
    ]
    found += [
        Fact(words("rejected_for", reason=words.reason(reason)), words.number(rows))
        for reason, rows in sorted(source.rejected.items(), key=lambda item: (-item[1], item[0]))
    ]
    if source.counted is not None and source.people is not None:
        apart = source.counted.rows_apart
        if apart is not None:
            found.append(Fact(words("rows_apart"), _shared(apart, source.rows, words)))
        beyond = max(0, source.rows_used - (apart or 0) - source.people)
        found.append(Fact(words("duplicates"), words.number(beyond)))
    found.append(Fact(words("without_number"), _without_number(source, words)))
    return found


def _without_number(source: ScopeSource, words: Words) -> str:
    """Return people less those with a number: disclosure control protects that difference too."""
    kinds = source.table("kinds")
    if kinds is None or source.people is None or "number" not in kinds.dimensions[0].values:
        return words("unknown")
    with_number = kinds.cell(kinds.dimensions[0].values.index("number"))
    if with_number is None:
        return words("masked")
    return _shared(source.people - with_number, source.people, words)


def _in_order(by_scheme: Mapping[str, _T]) -> Sequence[tuple[str, _T]]:
    """Return what is told by scheme in the schemes' order, which a signed report does not keep."""
    return [(name, by_scheme[name]) for name in SCHEMES if name in by_scheme]


def _shared(part: int, whole: int, words: Words) -> str:
    return words("shared", count=words.number(part), share=words.share(part, whole))


def _identity(report: ScopeReport, words: Words, fingerprint: str) -> Sequence[Fact]:
    last_day = report.expires_on - timedelta(days=1)
    return [
        Fact(words("fingerprint"), fingerprint),
        Fact(words("epoch"), words.number(report.epoch)),
        Fact(words("made_at"), words.day(report.made_at.date())),
        Fact(words("expires_on"), words.day(last_day)),
        Fact(words("program"), report.program),
        *(
            Fact(words("source_digest", number=source.number), source.sha256.hex())
            for source in report.sources
        ),
        *(
            Fact(words("commitment", scheme=words.scheme(scheme)), to_base64url(value))
            for scheme, value in _in_order(report.commitment)
        ),
    ]
