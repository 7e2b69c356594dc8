"""What a command that reads a leak says about the plaintext: in memory, and where it came from."""

from __future__ import annotations

import sys
from pathlib import Path

from app.cli.sources import STANDARD_INPUT
from app.errors import InvalidInput
from app.plaintext.devices import System
from app.plaintext.erasure import ErasableFile
from app.plaintext.filesystems import meaning_of_erasure
from app.plaintext.process import is_confined
from app.plaintext.swap import WARNING_HINT, look_for_swap


def warn_of_memory() -> None:
    """Say on standard error who else may come to see what is read, if anybody."""
    if not is_confined():
        _warn(
            "on this system, other processes of this user can look into the memory of this one",
            "run it as a user of its own, on a machine of its own",
        )
    if warning := look_for_swap().warning:
        _warn(warning, WARNING_HINT)


def check_erasable(source: Path) -> ErasableFile:
    """Look whether the source could be erased at the end of a run, before it begins.

    Raises:
        InvalidInput: it could not.
    """
    if source == STANDARD_INPUT:
        raise InvalidInput(
            "--erase-source needs a source that is a file, and this is standard input",
            hint="give its path; or erase it where it comes from",
        )
    return ErasableFile.check(source)


def erase(file: ErasableFile, sha256: bytes) -> str:
    """Erase what was read; return what that means, for a person.

    Args:
        file: as `check_erasable` gave it.
        sha256: of what was read of it.

    Raises:
        ErasureFailed: it is still there, or part of it.
    """
    # Asked first: of a file that is gone nobody can tell where it was.
    meaning = meaning_of_erasure(System().file_system_of(file.path))
    file.erase(sha256)
    told = ["the source was written over with random bytes once, and removed; of that:"]
    return "\n".join([*told, *(f"  - {sentence}" for sentence in meaning)])


def _warn(what: str, hint: str) -> None:
    print(f"warning: {what}\nhint: {hint}", file=sys.stderr)
