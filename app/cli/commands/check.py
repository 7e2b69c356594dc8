"""`concerne check`: a laboratory's whole list, without the list leaving the laboratory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from app.cli.laboratory import key_file_of
from app.cli.plaintext import warn_of_memory
from app.cli.sources import IdentityOption, open_source, read_mapping
from app.errors import CheckStopped, InvalidInput
from app.settings import load_settings

if TYPE_CHECKING:
    from app.cli.checking import CheckFiles
    from app.worklist.summary import Summary

_Value = TypeVar("_Value")
_PATIENCE_MINUTES = 30.0


def check(
    patients: Annotated[Path, typer.Argument(help="The list: CSV or XLSX, one row a patient.")],
    server: Annotated[
        str | None, typer.Option("--server", help="Such as https://leaks.example.")
    ] = None,
    dataset: Annotated[str | None, typer.Option("--dataset", help="The leak's short name.")] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="Which column holds what (TOML).")
    ] = None,
    credential_file: Annotated[
        Path | None, typer.Option("--credential-file", help="The file your credential is in.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="The work list: a name in .csv or .xlsx.")
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option("--key-file", help="Your own key; otherwise beside the credential, in .key."),
    ] = None,
    schemes: Annotated[
        str, typer.Option("--schemes", help="Ask by these only, with commas between them.")
    ] = "",
    suggest: Annotated[
        bool,
        typer.Option("--suggest", help="Print a mapping guessed from the first rows, and stop."),
    ] = False,
    patience: Annotated[
        float, typer.Option("--patience", min=0, help="Minutes to wait for a server out of reach.")
    ] = _PATIENCE_MINUTES,
    identity: IdentityOption = None,
) -> int:
    """Check a whole list of patients, without the list leaving this machine.

    The server learns how many questions are asked, and neither who is asked about nor any answer.
    The work list has every row of the list, with `exposed`, `not exposed` or `could not be
    checked` behind it, the reason, the schemes that matched, and how the person can be told. A row
    is `not exposed` only if it was asked by the strongest identifier that stands in it, and by all
    others that can be read. So is somebody whom the operator took out at their own request.

    It can be stopped, and goes on when the same command is given again: what was done is in a file
    beside the work list that ends in .state, encrypted with your own key and removed at the end.
    That key is made at first use; keep it with the credential, and send it to nobody, not even to
    whoever runs the server.

    Exit code 1 means that somebody is exposed; 0, that every row was checked and nobody is;
    3, that it is not finished, or that nobody was found but some rows could not be checked.
    """
    warn_of_memory()
    if suggest or mapping is None:
        suggested = _suggestion(patients, identity, mapping)
        if suggest:
            print(suggested, end="")
            return 0
        raise InvalidInput("missing option --mapping", hint=f"look through this one:\n{suggested}")
    from app.cli.checking import CheckFiles, run_check

    credential, name = _given("--credential-file", credential_file), _given("--out", out)
    key = key_file or key_file_of(credential)
    files = CheckFiles(patients, mapping, credential, key, name, identity)
    summary = run_check(
        files,
        server=_given("--server", server),
        dataset=_given("--dataset", dataset),
        schemes=_schemes(schemes),
        patience_seconds=patience * 60,
        workers=load_settings(None).threads,
    )
    return _finish(files, summary)


def _finish(files: CheckFiles, summary: Summary) -> int:
    """Tell how a check ended, and return the exit code."""
    from app.checking.choosing import call

    print(describe(summary))
    if summary.stopped:
        raise CheckStopped(
            f"not finished: {summary.stopped}; in {files.out.name}, the rows that were not asked"
            " could not be checked",
            hint=f"{call(summary.contact)}; then give the same command again: what was done is in"
            f" {files.state.name}",
        )
    print(f"the work list is {files.out.name}; {files.state.name} was removed")
    return _code(summary)


def _code(summary: Summary) -> int:
    from app.worklist.columns import Outcome

    if summary.outcomes[Outcome.EXPOSED]:
        return 1
    return 3 if summary.outcomes[Outcome.UNCHECKED] else 0


def describe(summary: Summary) -> str:
    """Return a check in numbers, for a person."""
    from app.worklist.columns import Outcome

    told = ", ".join(f"{summary.outcomes[o]:,} {o.value}" for o in Outcome)
    lines = [f"{summary.rows:,} rows: {told}"]
    lines += [f"  found by {s}: {summary.schemes[s]:,}" for s in summary.asked]
    lines += [
        f"  could not be checked, {reason}: {number:,}"
        for reason, number in summary.reasons.most_common()
    ]
    lines.append(f"asked: {summary.dataset}, epoch {summary.epoch}, by {', '.join(summary.asked)}")
    lines += [f"not asked by {scheme}: {why}" for scheme, why in summary.left_out.items()]
    return "\n".join(lines)


def _schemes(text: str) -> tuple[str, ...]:
    from app.identity.schemes import scheme_named

    names = dict.fromkeys(name.strip() for name in text.split(",") if name.strip())
    return tuple(scheme_named(name).name for name in names)


def _suggestion(patients: Path, identity: Path | None, mapping: Path | None) -> str:
    """Return a mapping guessed for a list, which has no title and no scope."""
    from app.reading.mapping import parse_source
    from app.reading.suggestion.writing import suggest_list_mapping

    known = parse_source(read_mapping(mapping) if mapping else "")
    with open_source(patients, identity) as named:
        return suggest_list_mapping(named.look, known)


def _given(option: str, value: _Value | None) -> _Value:
    if value is None:
        raise InvalidInput(f"missing option {option}", hint="see --help")
    return value
