"""`concerne ingest`: a leak goes in, and answers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from app.cli.estimate import estimated
from app.cli.ingestion import IngestOptions, describe, run_ingest
from app.cli.lifecycle import ByOption, Lifecycle, person
from app.cli.options import ConfigOption, DataOption
from app.cli.plaintext import check_erasable, erase, warn_of_memory
from app.cli.sources import IdentityOption, open_source, read_mapping
from app.errors import ErasureFailed, InvalidInput
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    from app.lifecycle.ports import DatasetRecord
    from app.plaintext.erasure import ErasableFile

_Value = TypeVar("_Value")


def ingest(
    source: Annotated[Path, typer.Argument(help="The leaked file, or - for standard input.")],
    dataset: Annotated[
        str | None, typer.Option("--dataset", help="Short name: a–z, 0–9, hyphens.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="Which column holds what (TOML).")
    ] = None,
    identity: IdentityOption = None,
    max_rejects: Annotated[
        str, typer.Option("--max-rejects", help="Rows that may be unusable: 1%, or 250.")
    ] = "1%",
    report: Annotated[
        Path | None, typer.Option("--report", help="List each rejected line here (JSON lines).")
    ] = None,
    suggest: Annotated[
        bool,
        typer.Option("--suggest", help="Print a mapping guessed from the first rows, and stop."),
    ] = False,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Print what it will cost, and stop.")
    ] = False,
    ends: Annotated[
        datetime | None,
        typer.Option(
            "--ends",
            formats=["%Y-%m-%d"],
            help="Day on which it erases itself; otherwise in one year, five at most.",
        ),
    ] = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="Stop before publishing; dataset publish does it.")
    ] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin anew, whatever an interrupted run had done.")
    ] = False,
    erase_source: Annotated[
        bool, typer.Option("--erase-source", help="Write over the source and remove it at the end.")
    ] = False,
    add: Annotated[
        bool, typer.Option("--add", help="Add it to a published dataset, as its next epoch.")
    ] = False,
    by: ByOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Read a leak once, keep a keyed function of its identifiers, and publish it.

    Delimited text, newline-delimited JSON, XLSX, Parquet, and plain SQL dumps of PostgreSQL and
    MySQL are read; also compressed by gzip, bzip2, xz or zstd, in a zip archive, or in an age
    file, one inside the other. Nothing readable of it is written anywhere. A run that was
    interrupted goes on when the same command is given again. With --draft it stops before
    publishing, so that somebody else looks at the numbers and publishes. With --add the dataset
    gets new keys; until they are published, the ones before answer.

    What becomes of the source: best is one that arrives encrypted (age), read with --identity,
    whose key is destroyed afterwards. --erase-source writes over a plain one with random bytes and
    removes it once the dataset is published, and prints what that means on its file system and
    disk, and what not: copies, snapshots and the cells of a solid-state disk are out of reach.
    Without either, the source is left as it is.
    """
    warn_of_memory()
    if suggest:
        print(_suggestion(source, identity, mapping), end="")
        return
    columns = _given("--mapping", mapping)
    settings = load_settings(config, data=data)
    if estimate:
        print(_estimate(settings, source, identity, columns))
        return
    options = IngestOptions(
        identity=identity,
        max_rejects=max_rejects,
        report=report,
        tells_estimate=True,
        ends_on=None if ends is None else ends.date(),
        by=person(by),
        is_draft=draft,
        is_anew=restart,
        is_added=add,
    )
    name = _given("--dataset", dataset)
    erasable = _erasable(source, is_draft=draft) if erase_source else None
    done = run_ingest(settings, source, name, columns, options)
    if done is None:
        print(f"these bytes are in {name} already: nothing was added")
        if erasable:
            raise ErasureFailed(
                "the source was left as it is, as nothing was ingested from it now",
                hint="what it holds is there already; remove it by other means",
            )
        return
    print(describe(done))
    print(_state(Lifecycle(settings).store.dataset(name), options), flush=True)
    if erasable:
        print(erase(erasable, done.source.sha256))


def _erasable(source: Path, *, is_draft: bool) -> ErasableFile:
    if is_draft:
        raise InvalidInput(
            "--erase-source goes with a publication, and --draft stops before it",
            hint="publish first, while the source can still be read again",
        )
    return check_erasable(source)


def _state(record: DatasetRecord, options: IngestOptions) -> str:
    """Return what the dataset is now, and what can be done with it."""
    name = record.dataset
    if not options.is_draft:
        added = f" in epoch {record.epoch}" if options.is_added else ""
        return f"{name} is published{added}, and ends on {record.ends_on}"
    waits = f"until: concerne dataset publish {name}"
    if options.is_added:
        return f"the source is a draft, and {name} answers without it {waits}"
    return f"{name} is a draft, and answers nobody {waits}"


def _suggestion(source: Path, identity: Path | None, mapping: Path | None) -> str:
    from app.reading.mapping import parse_source
    from app.reading.suggestion.writing import suggest_mapping

    # What a member, a sheet or a table is called can only be known from somebody.
    known = parse_source(read_mapping(mapping) if mapping else "")
    with open_source(source, identity) as named:
        return suggest_mapping(named.look, known)


def _estimate(settings: Settings, source: Path, identity: Path | None, mapping: Path) -> str:
    from app.reading.mapping import parse_unpublished_mapping

    columns = parse_unpublished_mapping(read_mapping(mapping))
    with open_source(source, identity) as named:
        return estimated(settings, named, columns)


def _given(option: str, value: _Value | None) -> _Value:
    """Return what an option was given, which only some ways to run the command need."""
    if value is None:
        raise InvalidInput(f"missing option {option}", hint="see --help")
    return value
