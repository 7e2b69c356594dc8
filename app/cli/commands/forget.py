"""`concerne dataset forget`: one person is taken out at their request."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from app.cli.lifecycle import ByOption, Lifecycle, SlugArgument, person
from app.cli.options import ConfigOption, DataOption
from app.cli.prompts import hidden
from app.errors import InvalidInput
from app.settings import load_settings

_HERE = """\
They are taken out of this dataset, and nothing that is added to it takes them in again. From then
on its answer about them is "not exposed". Another leak that holds them says so. Have they been
told?\
"""
_EVERYWHERE = """\
They are taken out of this dataset, and no later ingest takes them in, of any leak. From then on
the answer about them is "not exposed", whatever a later leak holds, also to their laboratory. Have
they been told?\
"""
_TYPING = """\
Leave empty what is not known; a date is YYYY-MM-DD. For another spelling, run it again.\
"""


def forget(
    dataset: SlugArgument,
    every_leak: Annotated[
        bool,
        typer.Option("--every-leak", help="Never take them in again, whatever leak is read."),
    ] = False,
    by: ByOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Take one person out at their request, and never take them into that dataset again.

    The identifiers are asked for at a prompt, never taken as arguments, and kept nowhere. Making
    sure that it is the person who asks is up to you. Other datasets that hold them stay as they
    are. The audit trail says under how many schemes there was an entry, and not whose.
    """
    from app.storage.lock import dataset_lock, forgetting_lock

    who, life = person(by), Lifecycle(load_settings(config, data=data))
    print(_EVERYWHERE if every_leak else _HERE, _TYPING, sep="\n", file=sys.stderr)
    fields = _asked(life, dataset)
    folder = life.settings.data
    with dataset_lock(folder, dataset), forgetting_lock(folder):
        # They may be in what an ingest left that got nowhere, or in what was replaced.
        life.clearing().clear(dataset, by=who)
        report = life.forgetting().forget(dataset, fields, by=who, in_every_leak=every_leak)
    if report.taken_out:
        print(f"taken out of {len(report.taken_out)} of {len(report.asked)} schemes asked")
    else:
        print(f"was not there, under any of {len(report.asked)} schemes asked")
    what = "no later ingest takes them in" if every_leak else "nothing added to it takes them in"
    print(f"remembered, so that {what}")


def _asked(life: Lifecycle, dataset: str) -> dict[str, str]:
    """Ask for each field that a scheme of the dataset has."""
    from app.identity.schemes import FIELD_NAMES, scheme_named

    record = life.store.dataset(dataset)
    needed = {field for scheme in record.entries for field in scheme_named(scheme).fields}
    answers = {f: hidden(f.replace("_", " ")) for f in FIELD_NAMES if f in needed}
    fields = {name: answer for name, answer in answers.items() if answer.strip()}
    if not fields:
        raise InvalidInput("nothing was typed; nobody was taken out")
    return fields


def add_commands(app: typer.Typer) -> None:
    """Add the command that forgets."""
    app.command("forget")(forget)
