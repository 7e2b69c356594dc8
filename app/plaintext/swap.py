"""Whether memory of this process may be written to a disk that is not encrypted.

Locking it in memory is no way out: by default a process may lock 8 MiB, a run takes a hundred and
Argon2id 19 more for each thread, and beyond the limit a lock on all future memory makes each
allocation fail in the middle of a run; and what is locked is written all the same when the
machine hibernates. The system can keep it out for the whole process, so that is what we ask for.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import PurePosixPath

from app.plaintext.devices import System, unescaped

# Compressed memory.
_ZRAM = re.compile(r"/dev/(zram\d+)")


@dataclass(frozen=True, slots=True)
class Swap:
    """Where memory may go.

    Args:
        is_known: whether the system tells.
        unencrypted: devices and files that are not known to be encrypted, nor memory themselves.
        is_kept_out: whether nothing of this process is ever swapped out.
        can_hibernate: whether the machine can write all of its memory there.
    """

    is_known: bool
    unencrypted: tuple[str, ...] = ()
    is_kept_out: bool = False
    can_hibernate: bool = False

    @property
    def warning(self) -> str:
        """What there is to say about it; empty if there is nothing."""
        if not self.is_known:
            return "this system does not tell whether it writes memory to a disk unencrypted"
        when = [] if self.is_kept_out else ["when memory is short"]
        when += ["when the machine hibernates"] if self.can_hibernate else []
        if not self.unencrypted or not when:
            return ""
        where = ", ".join(self.unencrypted)
        return (
            f"what is read may be written to disk {' and '.join(when)}:"
            f" swap on {where} is not known to be encrypted"
        )


WARNING_HINT = (
    "encrypt the swap or turn it off (swapoff -a);"
    " or keep this one process out of it: systemd-run --scope -p MemorySwapMax=0 concerne …"
)


def look_for_swap(system: System | None = None) -> Swap:
    """Look where memory of this process may go; on Linux, which tells it."""
    system = system or System()
    areas = system.text("proc/swaps") if sys.platform == "linux" else None
    if areas is None:
        return Swap(is_known=False)
    # The first line names the columns; a path is written with its spaces as octal digits.
    paths = [unescaped(line.split()[0]) for line in areas.splitlines()[1:] if line.strip()]
    return Swap(
        is_known=True,
        unencrypted=tuple(path for path in paths if not _is_safe(system, path)),
        is_kept_out=_is_kept_out(system),
        can_hibernate="disk" in (system.text("sys/power/state") or "").split(),
    )


def _is_safe(system: System, path: str) -> bool:
    """Tell whether a swap area is encrypted, or in memory."""
    if zram := _ZRAM.fullmatch(path):
        # The kernel can be told to put what is idle in it on a disk behind it.
        behind = system.text(f"sys/block/{zram[1]}/backing_dev")
        return behind in (None, "none") or system.is_encrypted(system.number_of(str(behind)))
    return system.is_encrypted(system.number_of(path))


def _is_kept_out(system: System) -> bool:
    """Tell whether this process's control group, or one above it, may use no swap at all."""
    groups = (system.text("proc/self/cgroup") or "").splitlines()
    of_version_2 = [line.partition("::")[2] for line in groups if line.startswith("0::")]
    for group in of_version_2:
        path = PurePosixPath("sys/fs/cgroup", group.lstrip("/"))
        for folder in (path, *path.parents):
            if system.text(f"{folder}/memory.swap.max") == "0":
                return True
    return False
