"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="TOML file of settings; the environment's CONCERNE_… win."),
]
DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of database and keys; otherwise CONCERNE_DATA, or var."),
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Where it goes; otherwise standard output.")
]
