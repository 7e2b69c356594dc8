"""A warning is given when memory may go to a disk in clear, and then only."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.plaintext.swap import Swap, look_for_swap
from tests.plaintext.systems import Machine


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine that runs Linux."""
    monkeypatch.setattr(sys, "platform", "linux")
    machine = Machine(tmp_path)
    machine.tell("sys/power/state", "freeze mem disk")
    return machine


def test_without_swap_there_is_nothing_to_say(machine: Machine) -> None:
    machine.swap({})
    assert look_for_swap(machine.system).warning == ""


def test_swap_on_a_disk_is_named(machine: Machine) -> None:
    machine.add_disk("sda", queue="1")
    machine.add_disk("sda2", of="sda")
    machine.swap({"/dev/sda2": "partition", r"/a\040swap": "file"})
    machine.lay_file("/a swap", on="sda")
    swap = look_for_swap(machine.system)
    assert swap.unencrypted == ("/dev/sda2", "/a swap")
    assert "/dev/sda2, /a swap is not known to be encrypted" in swap.warning
    assert "when memory is short and when the machine hibernates" in swap.warning
    assert "\n" not in swap.warning


def test_swap_that_is_encrypted_or_memory_is_not(machine: Machine) -> None:
    machine.add_disk("sda", queue="1")
    machine.add_disk("dm-0", uuid="CRYPT-PLAIN-swap", made_of=["sda"])
    machine.add_disk("dm-1", uuid="CRYPT-LUKS2-0-root", made_of=["sda"])
    machine.lay_file("/swapfile", on="dm-1")
    machine.tell("sys/block/zram1/backing_dev", "none")
    areas = ("/dev/dm-0", "/swapfile", "/dev/zram0", "/dev/zram1")
    machine.swap(dict.fromkeys(areas, "partition"))
    assert look_for_swap(machine.system).warning == ""


def test_compressed_memory_with_a_disk_behind_it_is_a_disk(machine: Machine) -> None:
    machine.add_disk("sda", queue="1")
    machine.add_disk("dm-0", uuid="CRYPT-PLAIN-swap", made_of=["sda"])
    machine.tell("sys/block/zram0/backing_dev", "/dev/sda")
    machine.tell("sys/block/zram1/backing_dev", "/dev/dm-0")
    machine.swap({"/dev/zram0": "partition", "/dev/zram1": "partition"})
    assert look_for_swap(machine.system).unencrypted == ("/dev/zram0",)


def test_what_cannot_be_looked_up_is_not_taken_for_encrypted(machine: Machine) -> None:
    """As in a container, which sees the host's swap and not its devices."""
    machine.swap({"/dev/gone": "partition", "/zram0": "file"})
    assert look_for_swap(machine.system).unencrypted == ("/dev/gone", "/zram0")


@pytest.mark.parametrize("group", ["user.slice/run-1.scope", "user.slice", ""])
def test_a_control_group_without_swap_keeps_the_process_out(machine: Machine, group: str) -> None:
    """Its own or one above it; what hibernates writes it all the same."""
    machine.swap({"/dev/sda2": "partition"})
    machine.tell("proc/self/cgroup", "1:name=systemd:/other\n0::/user.slice/run-1.scope")
    machine.tell("sys/fs/cgroup/user.slice/run-1.scope/memory.swap.max", "max")
    machine.tell(f"sys/fs/cgroup/{group}/memory.swap.max", "0")
    assert look_for_swap(machine.system).is_kept_out
    warning = look_for_swap(machine.system).warning
    assert "when the machine hibernates" in warning
    assert "when memory is short" not in warning
    machine.tell("sys/power/state", "freeze mem")
    assert look_for_swap(machine.system).warning == ""


def test_a_control_group_with_some_swap_does_not(machine: Machine) -> None:
    machine.swap({"/dev/sda2": "partition"})
    machine.tell("proc/self/cgroup", "0::/a")
    machine.tell("sys/fs/cgroup/a/memory.swap.max", "1048576")
    machine.tell("sys/fs/cgroup/b/memory.swap.max", "0")
    assert not look_for_swap(machine.system).is_kept_out


def test_a_system_that_does_not_tell_is_not_taken_for_safe(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert look_for_swap(machine.system) == Swap(is_known=False)
    machine.swap({})
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "does not tell" in look_for_swap(machine.system).warning


def test_this_machine_is_looked_at() -> None:
    assert look_for_swap().is_known is (sys.platform == "linux")
