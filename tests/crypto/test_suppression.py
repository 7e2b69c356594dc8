"""Whoever was forgotten is known again, by this deployment's key and by nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.crypto.stretch import (
    INSECURE_TEST_ONLY,
    Stretched,
    StretchProfile,
    stretch,
)
from app.crypto.suppression import SUPPRESSION_KEY_NAME, Suppressed, SuppressionKey
from app.errors import InvalidKey, KeyMissing, KeyRingUnsafe

SALT = bytes(16)
OTHER_PROFILE = StretchProfile(memory_kib=16, iterations=2, parallelism=1)


def test_a_token_depends_on_the_value_the_key_and_the_dataset() -> None:
    one, other = SuppressionKey(bytes(32)), SuppressionKey(bytes(31) + b"\x01")
    values = [Stretched(bytes([n]) * 32) for n in range(3)]
    places = (None, "a", "b")
    tokens = [k.token(v, place) for k in (one, other) for v in values for place in places]
    assert len(set(tokens)) == 18
    again = SuppressionKey(bytes(32))
    assert tokens[:9] == [again.token(v, place) for v in values for place in places]
    assert one.id != other.id
    assert bytes(32).hex() not in repr(one)


@pytest.mark.parametrize("made_under", [INSECURE_TEST_ONLY, OTHER_PROFILE])
def test_who_was_forgotten_is_held_whatever_the_profile_is_now(made_under: StretchProfile) -> None:
    """A change of the profile, too, must not bring anybody back."""
    key = SuppressionKey(bytes(32))
    here = key.token(stretch(made_under, SALT, b"forgotten"), "here")
    everywhere = key.token(stretch(made_under, SALT, b"objects"), None)
    suppressed = Suppressed(key, SALT, {made_under: frozenset({here, everywhere})})
    known = {b"forgotten": {"here"}, b"objects": {"here", "there"}, b"somebody else": set[str]()}
    for profile in (INSECURE_TEST_ONLY, OTHER_PROFILE):
        for encoded, datasets in known.items():
            value = stretch(profile, SALT, encoded)
            for dataset in ("here", "there"):
                held = suppressed.holds(dataset, encoded, profile, value)
                assert held is (dataset in datasets)


def test_the_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    made = SuppressionKey.create(folder)
    value = Stretched(bytes(32))
    assert SuppressionKey.create(folder).token(value, None) == made.token(value, None)
    assert SuppressionKey.load(folder).id == made.id
    file = folder / SUPPRESSION_KEY_NAME
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o640)
    with pytest.raises(KeyRingUnsafe):
        SuppressionKey.load(folder)


def test_a_key_that_is_missing_or_damaged_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing):
        SuppressionKey.load(tmp_path)
    folder = tmp_path / "keys"
    SuppressionKey.create(folder)
    file = folder / SUPPRESSION_KEY_NAME
    good = file.read_text()
    for damage in ("", good[:-2], good * 2, "x" + good):
        file.write_text(damage)
        with pytest.raises(InvalidKey):
            SuppressionKey.load(folder)
