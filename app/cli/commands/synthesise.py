"""`concerne synthesise`: a made-up leak and the truth about it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from app.cli.progress import meter
from app.errors import InvalidInput


def synthesise(
    rows: Annotated[int, typer.Option("--rows", help="How many rows.")],
    out: Annotated[Path, typer.Option("--out", help="Where the leak goes (CSV).")],
    truth: Annotated[Path, typer.Option("--truth", help="Where the truth goes (JSON lines).")],
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same bytes.")] = 1,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="Where the mapping for it goes (TOML).")
    ] = None,
) -> None:
    """Make up a leak: its columns, proportions and dirt are real, its people are not."""
    from app.synthesis.leak import synthesise as make
    from app.synthesis.mapping import MAPPING_TOML

    with _create(out) as leak, _create(truth) as truth_file, meter("Making up") as shown:
        made = make(
            rows=rows,
            seed=seed,
            out=leak,
            truth=truth_file,
            on_row=lambda done: shown.update(done, rows, f"{done:,} rows"),
        )
    if mapping is not None:
        mapping.write_text(MAPPING_TOML, encoding="utf-8")
    print(
        f"{made.rows:,} rows of people who do not exist in {out}; {made.truth_lines:,} in {truth}"
    )


def _create(path: Path) -> BinaryIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("wb")
    except OSError as exc:
        raise InvalidInput(f"the file {path} cannot be written: {exc.strerror}") from exc
