"""On what a file lies: its file system, and the disk below that, as Linux tells it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

# What cryptsetup and systemd write into dm/uuid. `CRYPT-VERITY` and `CRYPT-INTEGRITY` are none
# of them: these two check what they store, and do not encrypt it.
_ENCRYPTIONS = (
    "CRYPT-LUKS1-", "CRYPT-LUKS2-", "CRYPT-PLAIN-", "CRYPT-LOOPAES-", "CRYPT-TCRYPT-",
    "CRYPT-BITLK-", "CRYPT-FVAULT2-",
)  # fmt: skip
_VIRTUAL = re.compile(r"(vd|xvd|nbd|rbd|drbd|loop)")
_ESCAPED = re.compile(r"\\([0-7]{3})")


class Medium(Enum):
    """What a disk says it is."""

    ROTATING = "rotating"
    SOLID_STATE = "solid-state"
    VIRTUAL = "virtual"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Disk:
    """The block device that a file system is on.

    Args:
        name: as in /dev.
        medium: what it says it is.
        is_encrypted: whether dm-crypt stands over all that it is made of.
    """

    name: str
    medium: Medium
    is_encrypted: bool


@dataclass(frozen=True, slots=True)
class FileSystem:
    """Where a file lies.

    Args:
        name: of the kind of file system, as the kernel has it; empty when nobody tells.
        disk: None if there is none, or nobody tells.
    """

    name: str
    disk: Disk | None = None


def device_number(path: str) -> str | None:
    """Return MAJOR:MINOR of a block device, or of what a file lies on."""
    try:
        facts = Path(path).stat()
    except OSError:
        return None
    number = facts.st_rdev if stat.S_ISBLK(facts.st_mode) else facts.st_dev
    return f"{os.major(number)}:{os.minor(number)}"


@dataclass(frozen=True, slots=True)
class System:
    """The kernel's own files.

    Args:
        root: the folder with proc and sys in it.
        number_of: as `device_number`.
    """

    root: Path = Path("/")
    number_of: Callable[[str], str | None] = device_number

    def text(self, path: str | Path) -> str | None:
        """Return what a file says, without the last newline; None if there is no such file."""
        try:
            return Path(self.root, path).read_text(encoding="utf-8", errors="replace").rstrip("\n")
        except OSError:
            return None

    def file_system_of(self, path: Path) -> FileSystem:
        """Return on what a file lies."""
        real = path.resolve()
        found = FileSystem(""), -1
        for line in (self.text("proc/self/mountinfo") or "").splitlines():
            # proc(5): 27 1 254:0 / /mount/point rw,relatime shared:1 - ext4 /dev/sda1 rw
            place, _, kind = line.partition(" - ")
            number, _, mount_point = place.split(" ")[2:5]
            name, device = kind.split(" ")[:2]
            mounted = Path(unescaped(mount_point))
            # Of two that are mounted at one place, the later one hides the other.
            if real.is_relative_to(mounted) and len(mounted.parts) >= found[1]:
                found = FileSystem(name, self._disk(number, unescaped(device))), len(mounted.parts)
        return found[0]

    def is_encrypted(self, number: str | None) -> bool:
        """Tell whether all that a device is made of is known to be encrypted."""
        return number is not None and _is_encrypted(self._folder(number))

    def _disk(self, number: str, device: str) -> Disk | None:
        if number.startswith("0:"):
            # A file system with devices of its own, as btrfs, or with none.
            number = (device.startswith("/dev/") and self.number_of(device)) or ""
        folder = self._folder(number)
        if not number or not folder.is_dir():
            return None
        folder = folder.resolve()
        return Disk(folder.name, self._medium(folder), _is_encrypted(folder))

    def _medium(self, folder: Path) -> Medium:
        if _VIRTUAL.match(folder.name):
            return Medium.VIRTUAL
        # A partition's queue is its disk's.
        told = self.text(folder / "queue/rotational") or self.text(
            folder.parent / "queue/rotational"
        )
        return {"0": Medium.SOLID_STATE, "1": Medium.ROTATING}.get(told or "", Medium.UNKNOWN)

    def _folder(self, number: str) -> Path:
        return self.root / "sys/dev/block" / number


def unescaped(text: str) -> str:
    """Return a path as it is, of one in which the kernel wrote a space as three octal digits."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), text)


def _is_encrypted(folder: Path) -> bool:
    """Look at a device's folder in sys, and at those of the devices it is made of."""
    identity = folder / "dm" / "uuid"
    if identity.is_file() and identity.read_text(encoding="ascii").startswith(_ENCRYPTIONS):
        return True
    parts = folder / "slaves"
    below = list(parts.iterdir()) if parts.is_dir() else []
    return bool(below) and all(_is_encrypted(part) for part in below)
