"""What it means on a file system, and on the disk below, that a file was written over and removed.

Nothing here promises that the content is gone: no program that runs above a file system and a
disk can know that. What it can know is where the old content stays for certain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from app.plaintext.devices import FileSystem, Medium


class Habit(Enum):
    """Where a file system puts what is written over a file."""

    IN_PLACE = "in place"
    ELSEWHERE = "elsewhere"
    LAYERED = "layered"
    IN_MEMORY = "in memory"
    REMOTE = "remote"
    UNKNOWN = "unknown"


_BY_HABIT: Mapping[Habit, tuple[str, ...]] = {
    Habit.IN_PLACE: (
        "ext2", "ext3", "ext4", "xfs", "jfs", "reiserfs", "vfat", "msdos", "exfat", "ntfs",
        "ntfs3", "hfs", "hfsplus", "ufs", "minix", "udf", "ocfs2", "gfs2",
    ),
    Habit.ELSEWHERE: (
        "btrfs", "zfs", "bcachefs", "f2fs", "nilfs2", "apfs", "refs", "ubifs", "jffs2", "logfs",
    ),
    Habit.LAYERED: ("overlay", "overlayfs", "aufs", "unionfs", "fuse.fuse-overlayfs"),
    Habit.IN_MEMORY: ("tmpfs", "ramfs", "devtmpfs", "hugetlbfs"),
    Habit.REMOTE: (
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "fuse.ceph-fuse", "lustre", "9p",
        "virtiofs", "vboxsf", "fuse.vmhgfs-fuse", "prl_fs", "davfs", "fuse.sshfs", "fuse.rclone",
        "fuse.s3fs", "fuse.glusterfs", "fuse.gvfsd-fuse",
    ),
}  # fmt: skip
HABITS: Mapping[str, Habit] = {name: habit for habit, names in _BY_HABIT.items() for name in names}

OF_HABITS: Mapping[Habit, str] = {
    Habit.IN_PLACE: (
        "writes over a file where it stands: as far as it can tell, the old blocks hold random"
        " bytes now; unless it keeps contents in its journal (data=journal), or the file shared"
        " blocks with a copy (reflink)"
    ),
    Habit.ELSEWHERE: (
        "never writes over a file where it stands: the old blocks are still on the disk, until it"
        " uses them for something else; nothing was gained by writing over them"
    ),
    Habit.LAYERED: (
        "lays a writable layer over one that cannot be written: if the file came with the lower"
        " one (an image), it is still there; if not, it lay on another file system, which is not"
        " told from here"
    ),
    Habit.IN_MEMORY: (
        "is memory: nothing was on a disk, unless the memory was swapped out while it was there"
    ),
    Habit.REMOTE: (
        "belongs to another system: this one asked it to write over the file and to remove it;"
        " what it did, and what it keeps, is for whoever runs it to say"
    ),
    Habit.UNKNOWN: (
        "is not one that we know: whether it writes over a file where it stands cannot be told"
    ),
}

OF_MEDIA: Mapping[Medium, str] = {
    Medium.ROTATING: (
        "says that it rotates: such a disk writes over a block where it stands, but for those it"
        " took out of use because they failed"
    ),
    Medium.SOLID_STATE: (
        "is solid-state: it spreads what is written over its cells, and those with the old content"
        " stay until it reuses them; no program can reach them"
    ),
    Medium.VIRTUAL: (
        "is made by software or by another machine: what lies behind it, and whether that keeps"
        " old contents or snapshots, is not told from here"
    ),
    Medium.UNKNOWN: "does not say what it is: take it that old contents stay on it",
}
OF_ENCRYPTED = "is encrypted: what is still on it can be read with its key alone"

OUT_OF_REACH = (
    "not touched: snapshots, backups, copies that others hold, what the file was copied or unpacked"
    " from, what other programs made of it (thumbnails, indexes, temporary files), and its name,"
    " which its folder and a journal may still hold"
)
RECOMMENDED = (
    "a source that arrives encrypted, and is read with --identity, needs none of this: it is out of"
    " reach wherever a copy of it is left, as soon as its key is destroyed"
)


def meaning_of_erasure(file_system: FileSystem) -> Sequence[str]:
    """Return what there is to say, a sentence each, to whoever had a file erased there."""
    name = file_system.name
    habit = HABITS.get(name, Habit.UNKNOWN)
    subject = f"the file system, {name}," if name else "the file system"
    told = [f"{subject} {OF_HABITS[habit]}"]
    if disk := file_system.disk:
        told.append(f"the disk {disk.name} {OF_MEDIA[disk.medium]}")
        if disk.is_encrypted:
            told.append(f"the disk {disk.name} {OF_ENCRYPTED}")
    return [*told, OUT_OF_REACH, RECOMMENDED]
