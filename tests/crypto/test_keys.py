"""Keys do not leak by printing or copying, and the ring on disk is private and whole."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest

from app.crypto.keyring import KeyRing
from app.crypto.keys import EvaluationKey, decode_public_key
from app.encoding import to_base64url
from app.errors import InvalidKey, KeyExists, KeyMissing, KeyRingUnsafe

NAME = "demo/nir-dob/1"


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys")


def test_a_key_prints_without_its_secret() -> None:
    key = EvaluationKey.generate()
    assert key.secret.hex() not in repr(key)
    assert str(bytes(key.secret)) not in f"{key} {key!r}"


def test_a_key_is_not_copied_or_pickled() -> None:
    key = EvaluationKey.generate()
    for duplicate in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            duplicate(key)


@pytest.mark.parametrize("secret", [bytes(32), b"\xff" * 32, b"\x01" * 31])
def test_zero_and_unreduced_secrets_are_no_keys(secret: bytes) -> None:
    with pytest.raises(InvalidKey):
        EvaluationKey(secret)


def test_the_identity_is_no_public_key() -> None:
    with pytest.raises(InvalidKey):
        decode_public_key(bytes(32))


def test_a_key_comes_back_from_the_ring_as_it_was_made(ring: KeyRing) -> None:
    key = ring.create(NAME)
    assert ring.load(NAME).secret == key.secret
    assert ring.names() == [NAME]


def test_only_the_owner_can_enter_the_ring(ring: KeyRing, tmp_path: Path) -> None:
    ring.create(NAME)
    modes = {
        p.relative_to(tmp_path).as_posix(): p.stat().st_mode & 0o777 for p in tmp_path.rglob("*")
    }
    assert modes == {
        "keys": 0o700,
        "keys/demo": 0o700,
        "keys/demo/nir-dob": 0o700,
        "keys/demo/nir-dob/1": 0o600,
    }


def test_a_key_that_others_can_read_is_refused(ring: KeyRing, tmp_path: Path) -> None:
    ring.create(NAME)
    (tmp_path / "keys" / NAME).chmod(0o640)
    with pytest.raises(KeyRingUnsafe, match="mode 640"):
        ring.load(NAME)


def test_a_folder_that_others_can_enter_is_refused(ring: KeyRing, tmp_path: Path) -> None:
    ring.create(NAME)
    (tmp_path / "keys" / "demo" / "nir-dob").chmod(0o755)
    with pytest.raises(KeyRingUnsafe):
        ring.load(NAME)
    with pytest.raises(KeyRingUnsafe):
        ring.create("demo/nir-dob/2")


def test_a_key_is_never_overwritten(ring: KeyRing) -> None:
    key = ring.create(NAME)
    with pytest.raises(KeyExists):
        ring.create(NAME)
    assert ring.load(NAME).secret == key.secret
    assert ring.names() == [NAME]


def test_an_erased_key_is_gone_and_its_block_was_overwritten(ring: KeyRing, tmp_path: Path) -> None:
    ring.create(NAME)
    path = tmp_path / "keys" / NAME
    with path.open("rb") as held_open:
        ring.erase(NAME)
        assert held_open.read().strip(b"\x00") == b""
    with pytest.raises(KeyMissing):
        ring.load(NAME)
    ring.erase(NAME)


@pytest.mark.parametrize(
    "name", ["", "..", "a/../b", "/etc/passwd", "A", "a/b/c/d/e", "a//b", "a\n"]
)
def test_a_name_that_could_leave_the_folder_is_refused(ring: KeyRing, name: str) -> None:
    with pytest.raises(KeyMissing):
        ring.create(name)


def test_damage_is_noticed(ring: KeyRing, tmp_path: Path) -> None:
    ring.create(NAME)
    path = tmp_path / "keys" / NAME
    good = path.read_text()
    header, secret, public, _ = good.split("\n")
    other = to_base64url(EvaluationKey.generate().secret)
    for bad in (
        "",
        header,
        good[:-2],
        good.replace(secret, other),
        good.replace(public, "?"),
        good * 2,
    ):
        path.write_text(bad)
        with pytest.raises(InvalidKey, match="damaged"):
            ring.load(NAME)
