"""Each file system and disk has its words, and none of them promises what nobody can know."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from app.plaintext.devices import Disk, FileSystem, Medium
from app.plaintext.filesystems import (
    _BY_HABIT,
    HABITS,
    OF_ENCRYPTED,
    OF_HABITS,
    OF_MEDIA,
    OUT_OF_REACH,
    RECOMMENDED,
    Habit,
    meaning_of_erasure,
)

# What the words for each have to own up to.
EXPECTED = {
    "ext4": "data=journal",
    "xfs": "reflink",
    "btrfs": "the old blocks are still on the disk",
    "zfs": "the old blocks are still on the disk",
    "bcachefs": "the old blocks are still on the disk",
    "f2fs": "the old blocks are still on the disk",
    "apfs": "the old blocks are still on the disk",
    "overlay": "if the file came with the lower one (an image), it is still there",
    "tmpfs": "swapped out",
    "nfs": "another system",
    "nfs4": "another system",
    "cifs": "another system",
    "fuse.sshfs": "another system",
    "fuse.anything": "cannot be told",
    "fuseblk": "cannot be told",
    "": "cannot be told",
}


def test_every_habit_and_every_medium_has_words() -> None:
    assert set(OF_HABITS) == set(Habit)
    assert set(OF_MEDIA) == set(Medium)
    assert set(HABITS.values()) == set(Habit) - {Habit.UNKNOWN}
    assert len({*OF_HABITS.values(), *OF_MEDIA.values()}) == len(Habit) + len(Medium)


def test_no_file_system_has_two_habits() -> None:
    listed = Counter(name for names in _BY_HABIT.values() for name in names)
    assert listed.total() == len(HABITS) > 40


@pytest.mark.parametrize("name", EXPECTED)
def test_the_words_own_up_to_what_stays(name: str) -> None:
    first = meaning_of_erasure(FileSystem(name))[0]
    assert EXPECTED[name] in first
    assert name in first


@pytest.mark.parametrize("medium", Medium)
def test_the_disk_is_named_with_what_it_keeps(medium: Medium) -> None:
    told = meaning_of_erasure(FileSystem("ext4", Disk("sdz", medium, is_encrypted=False)))
    assert [f"the disk sdz {OF_MEDIA[medium]}", OUT_OF_REACH, RECOMMENDED] == list(told[1:])
    encrypted = meaning_of_erasure(FileSystem("ext4", Disk("sdz", medium, is_encrypted=True)))
    assert [each for each in encrypted if each not in told] == [f"the disk sdz {OF_ENCRYPTED}"]


def test_copies_and_the_better_way_are_told_wherever_the_file_was() -> None:
    for name in (*HABITS, "another", ""):
        assert list(meaning_of_erasure(FileSystem(name))[1:]) == [OUT_OF_REACH, RECOMMENDED]


def test_no_words_promise_that_the_content_is_gone() -> None:
    promise = re.compile(r"secur|shred|recover|permanent|for good|anonym", re.IGNORECASE)
    words = (*OF_HABITS.values(), *OF_MEDIA.values(), OF_ENCRYPTED, OUT_OF_REACH, RECOMMENDED)
    assert [text for text in words if promise.search(text)] == []
