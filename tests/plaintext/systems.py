"""Machines as the kernel would tell of them, made of files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from app.plaintext.devices import System


class Machine:
    """Kernel's files in a folder, to which disks are added.

    Args:
        root: an empty folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._numbers: dict[str, str] = {}
        self._folders: dict[str, Path] = {}
        self.system = System(root, self._numbers.get)

    def tell(self, path: str, text: str) -> None:
        file = self._root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n", encoding="utf-8")

    def add_disk(
        self,
        name: str,
        *,
        of: str = "",
        queue: str | None = None,
        uuid: str | None = None,
        made_of: Sequence[str] = (),
    ) -> str:
        """Add a disk, or a partition of one; return its number."""
        folder = self._root / "sys" / "devices" / of / name
        folder.mkdir(parents=True)
        self._folders[name] = folder
        if queue is not None:
            self.tell(f"sys/devices/{of}/{name}/queue/rotational", queue)
        if uuid is not None:
            self.tell(f"sys/devices/{of}/{name}/dm/uuid", uuid)
        for part in made_of:
            (folder / "slaves").mkdir(exist_ok=True)
            (folder / "slaves" / part).symlink_to(self._folders[part])
        number = f"8:{len(self._numbers)}"
        self._numbers[f"/dev/{name}"] = number
        linked = self._root / "sys" / "dev" / "block" / number
        linked.parent.mkdir(parents=True, exist_ok=True)
        linked.symlink_to(folder)
        return number

    def lay_file(self, path: str, on: str) -> None:
        """Say that a file lies on the device of some name."""
        self._numbers[path] = self._numbers[f"/dev/{on}"]

    def mount(self, *mounts: tuple[str, str, str, str]) -> None:
        """Mount (number, mount point, kind, device) in this order."""
        lines = [
            f"{27 + place} 1 {number} / {point} rw,relatime shared:1 - {kind} {device} rw"
            for place, (number, point, kind, device) in enumerate(mounts)
        ]
        self.tell("proc/self/mountinfo", "\n".join(lines))

    def swap(self, areas: Mapping[str, str]) -> None:
        """Swap to these paths, each of its type."""
        lines = [f"{path}\t{kind}\t1024\t0\t-2" for path, kind in areas.items()]
        self.tell("proc/swaps", "\n".join(["Filename\tType\tSize\tUsed\tPriority", *lines]))
