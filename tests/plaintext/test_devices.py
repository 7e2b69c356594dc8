"""Where a file lies is told as the kernel tells it, and not guessed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.plaintext.devices import Disk, FileSystem, Medium, System, device_number
from tests.plaintext.systems import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


def test_the_innermost_mount_is_the_one_a_file_lies_on(machine: Machine, tmp_path: Path) -> None:
    number = machine.add_disk("sda", queue="1")
    inner, spaced = tmp_path / "a", tmp_path / "a b"
    machine.mount(
        (number, "/", "ext4", "/dev/sda"),
        ("0:40", str(inner), "tmpfs", "tmpfs"),
        ("0:41", str(spaced).replace(" ", r"\040"), "nfs4", "server:/share"),
        (number, str(tmp_path / "a-longer-name"), "xfs", "/dev/sda"),
    )
    names = {
        path: machine.system.file_system_of(path).name
        for path in (tmp_path / "x", inner / "x", spaced / "x", inner, tmp_path / "ab")
    }
    assert list(names.values()) == ["ext4", "tmpfs", "nfs4", "tmpfs", "ext4"]


def test_what_is_mounted_over_another_hides_it(machine: Machine, tmp_path: Path) -> None:
    machine.mount(("0:1", "/", "overlay", "o"), ("0:2", "/", "tmpfs", "t"))
    assert machine.system.file_system_of(tmp_path).name == "tmpfs"


def test_a_link_is_followed_to_where_the_file_lies(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    machine.mount(("0:1", "/", "tmpfs", "t"), ("0:2", str(tmp_path / "real"), "cifs", "//s/s"))
    assert machine.system.file_system_of(tmp_path / "link" / "x").name == "cifs"


@pytest.mark.parametrize(
    ("name", "queue", "medium"),
    [
        ("sda", "1", Medium.ROTATING),
        ("nvme0n1", "0", Medium.SOLID_STATE),
        ("vda", "1", Medium.VIRTUAL),
        ("loop3", "0", Medium.VIRTUAL),
        ("sdb", None, Medium.UNKNOWN),
        ("sdc", "?", Medium.UNKNOWN),
    ],
)
def test_a_disk_is_what_it_says_it_is(
    machine: Machine, tmp_path: Path, name: str, queue: str | None, medium: Medium
) -> None:
    machine.mount((machine.add_disk(name, queue=queue), "/", "ext4", f"/dev/{name}"))
    assert machine.system.file_system_of(tmp_path) == FileSystem("ext4", Disk(name, medium, False))


def test_a_partition_is_what_its_disk_is(machine: Machine, tmp_path: Path) -> None:
    machine.add_disk("sda", queue="0")
    machine.mount((machine.add_disk("sda2", of="sda"), "/", "ext4", "/dev/sda2"))
    disk = Disk("sda2", Medium.SOLID_STATE, is_encrypted=False)
    assert machine.system.file_system_of(tmp_path).disk == disk


def test_a_file_system_with_a_number_of_its_own_is_found_by_its_device(
    machine: Machine, tmp_path: Path
) -> None:
    machine.add_disk("sda", queue="0")
    machine.mount(("0:33", "/", "btrfs", "/dev/sda"))
    disk = Disk("sda", Medium.SOLID_STATE, is_encrypted=False)
    assert machine.system.file_system_of(tmp_path) == FileSystem("btrfs", disk)


def test_what_has_no_disk_has_none(machine: Machine, tmp_path: Path) -> None:
    assert machine.system.file_system_of(tmp_path) == FileSystem("")
    for number, kind, device in (("0:1", "zfs", "pool/x"), ("8:99", "ext4", "/dev/gone")):
        machine.mount((number, "/", kind, device))
        assert machine.system.file_system_of(tmp_path) == FileSystem(kind)


def test_a_disk_is_encrypted_when_all_that_it_is_made_of_is(
    machine: Machine, tmp_path: Path
) -> None:
    plain = machine.add_disk("sda1", of="sda", queue="1")
    luks = machine.add_disk("dm-0", uuid="CRYPT-LUKS2-0123-root", made_of=["sda1"])
    volume = machine.add_disk("dm-1", uuid="LVM-abc", made_of=["dm-0"])
    mixed = machine.add_disk("dm-2", uuid="LVM-def", made_of=["dm-0", "sda1"])
    random = machine.add_disk("dm-3", uuid="CRYPT-PLAIN-swap", made_of=["sda1"])
    checked = machine.add_disk("dm-4", uuid="CRYPT-VERITY-0123-usr", made_of=["sda1"])
    told = {n: machine.system.is_encrypted(n) for n in (plain, luks, volume, mixed, random)}
    assert list(told.values()) == [False, True, True, False, True]
    assert not machine.system.is_encrypted(checked)
    assert not machine.system.is_encrypted("8:99")
    assert not machine.system.is_encrypted(None)
    machine.mount((volume, "/", "ext4", "/dev/mapper/vg-root"))
    disk = machine.system.file_system_of(tmp_path).disk
    assert disk == Disk("dm-1", Medium.UNKNOWN, is_encrypted=True)


def test_this_machine_tells_where_its_files_lie(tmp_path: Path) -> None:
    """On another system than Linux nobody tells, and nothing is made up."""
    name = System().file_system_of(tmp_path).name
    assert bool(name) is (sys.platform == "linux")
    assert device_number(str(tmp_path)) == device_number(str(tmp_path.parent))
    assert device_number(str(tmp_path / "none")) is None
