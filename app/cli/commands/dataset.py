"""`concerne dataset`: the life of a dataset, one command a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from app.cli.commands import erase, forget, manifest
from app.cli.lifecycle import ByOption, Lifecycle, SlugArgument, person
from app.cli.options import ConfigOption, DataOption
from app.errors import StateRefused
from app.settings import load_settings

if TYPE_CHECKING:
    from app.lifecycle.ports import DatasetRecord

app = typer.Typer(name="dataset", help="The life of a dataset, from draft to certificate.")


@app.command("list")
def list_datasets(config: ConfigOption = None, data: DataOption = None) -> None:
    """List all datasets with their states and end dates."""
    records = Lifecycle(load_settings(config, data=data)).store.datasets()
    lines = [
        ("DATASET", "STATE", "ENDS", "ROWS"),
        *((r.dataset, _state(r), str(r.ends_on), f"{r.rows:,}") for r in records),
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    for line in lines:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).strip()
        )


@app.command("show")
def show(dataset: SlugArgument, config: ConfigOption = None, data: DataOption = None) -> None:
    """Show one dataset: state, dates, numbers."""
    print(_described(Lifecycle(load_settings(config, data=data)).store.dataset(dataset)))


@app.command("publish")
def publish(
    dataset: SlugArgument,
    by: ByOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Let a draft that is filled, or what was retired, answer.

    Together with `concerne ingest --draft` it takes two people: one fills, another looks at the
    numbers (`dataset show`) and publishes.
    """
    from app.storage.lock import dataset_lock

    who, life = person(by), Lifecycle(load_settings(config, data=data))
    with dataset_lock(life.settings.data, dataset):
        life.publishing().publish(dataset, by=who)
    print(f"{dataset} is published, and ends on {life.store.dataset(dataset).ends_on}")


@app.command("retire")
def retire(
    dataset: SlugArgument,
    by: ByOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Let a published dataset answer nobody, and keep it.

    Running servers notice within their CONCERNE_RENEW_SECONDS. Who asks is told that there is no
    such dataset, which is not an answer.
    """
    from app.storage.lock import dataset_lock

    who, life = person(by), Lifecycle(load_settings(config, data=data))
    with dataset_lock(life.settings.data, dataset):
        life.publishing().retire(dataset, by=who)
    print(f"{dataset} is retired; concerne dataset publish lets it answer again")


@app.command("discard")
def discard(
    dataset: SlugArgument,
    by: ByOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Take away a source that was added and is not published; what answers stays as it is.

    It may have been read to its end or not. The first source of a dataset is taken away by
    concerne ingest --restart, which reads another, or by dataset erase.
    """
    from app.ingest.adding import discard_added
    from app.storage.epochs import SqlEpochStore
    from app.storage.lock import dataset_lock

    who, life = person(by), Lifecycle(load_settings(config, data=data))
    with dataset_lock(life.settings.data, dataset):
        if not discard_added(SqlEpochStore(life.engine, by=who), life.ring, dataset):
            raise StateRefused(f"nothing was added to the dataset {dataset} that is not published")
    print(f"what was added to {dataset} is gone, with its keys")


for module in (erase, forget, manifest):
    module.add_commands(app)


def _state(record: DatasetRecord) -> str:
    if record.is_erasing:
        return "being erased"
    return f"{record.state} (filled)" if record.is_filled else record.state.value


def _described(record: DatasetRecord) -> str:
    told = [
        f"dataset: {record.dataset}",
        f"title: {record.title}",
        f"state: {_state(record)}",
        f"breach date: {record.breach_date}",
        f"ends on: {record.ends_on}",
    ]
    if record.published_at is not None:
        told.append(f"epoch: {record.epoch}, published {record.published_at.isoformat()}")
    if record.entries:
        told.append(f"rows: {record.rows:,}, of which {record.rows_rejected:,} rejected")
        told += [f"{scheme}: {entries:,} entries" for scheme, entries in record.entries.items()]
    return "\n".join(told)
