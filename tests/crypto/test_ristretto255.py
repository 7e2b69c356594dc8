"""The group's laws, and what its functions refuse."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto import ristretto255 as group
from app.errors import IdentityElement, InvalidElement, InvalidScalar

scalars = st.integers(min_value=1, max_value=group.ORDER - 1).map(
    lambda n: group.decode_scalar(n.to_bytes(32, "little"))
)


def number(scalar: group.Scalar) -> int:
    return int.from_bytes(scalar, "little")


@settings(max_examples=30)
@given(scalars, scalars)
def test_scalars_form_the_field_of_the_group_order(a: group.Scalar, b: group.Scalar) -> None:
    assert number(group.multiply_scalars(a, b)) == number(a) * number(b) % group.ORDER
    assert number(group.subtract_scalars(a, b)) == (number(a) - number(b)) % group.ORDER
    assert number(group.multiply_scalars(a, group.invert(a))) == 1


@settings(max_examples=30)
@given(scalars, scalars)
def test_multiplication_distributes_over_addition(a: group.Scalar, b: group.Scalar) -> None:
    point = group.from_uniform_bytes(b"\x07" * 64)
    total = (number(a) + number(b)) % group.ORDER
    if total:
        left = group.multiply(group.decode_scalar(total.to_bytes(32, "little")), point)
        assert bytes(left) == group.add(group.multiply(a, point), group.multiply(b, point))


def test_the_base_is_the_published_generator() -> None:
    """RFC 9496 appendix A.1, the first multiple."""
    one = group.decode_scalar((1).to_bytes(32, "little"))
    expected = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"
    assert group.multiply_base(one).hex() == expected


def test_uniform_bytes_map_to_the_published_element() -> None:
    """RFC 9496 appendix A.3, the first input."""
    uniform = bytes.fromhex(
        "5d1be09e3d0c82fc538112490e35701979d99e06ca3e2b5b54bffe8b4dc772c1"
        "4d98b696a1bbfb5ca32c436cc61c16563790306c79eaca7705668b47dffe5bb6"
    )
    expected = "3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46"
    assert group.from_uniform_bytes(uniform).hex() == expected


def test_a_sum_of_nothing_is_the_identity_and_changes_nothing() -> None:
    point = group.multiply_base(group.random_scalar())
    assert group.sum_of([]) == bytes(32)
    assert bytes(group.sum_of([point])) == point


def test_zero_has_no_inverse_and_multiplies_to_nothing() -> None:
    zero = group.decode_scalar(bytes(32))
    point = group.multiply_base(group.random_scalar())
    with pytest.raises(InvalidScalar):
        group.invert(zero)
    with pytest.raises(IdentityElement):
        group.multiply(zero, point)
    with pytest.raises(IdentityElement):
        group.multiply_base(zero)


@pytest.mark.parametrize("value", [group.ORDER, group.ORDER + 1, 2**255, 2**256 - 1])
def test_a_scalar_that_is_not_reduced_is_refused(value: int) -> None:
    with pytest.raises(InvalidScalar):
        group.decode_scalar(value.to_bytes(32, "little"))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_scalar_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(InvalidScalar):
        group.decode_scalar(bytes(length))


@pytest.mark.parametrize("length", [0, 32, 63, 65])
def test_uniform_bytes_of_another_length_are_refused(length: int) -> None:
    with pytest.raises(InvalidElement):
        group.from_uniform_bytes(bytes(length))
    with pytest.raises(InvalidScalar):
        group.scalar_from_uniform_bytes(bytes(length))


def test_adding_undecoded_bytes_is_refused() -> None:
    with pytest.raises(InvalidElement):
        group.add(group.Sum(b"\xff" * 32), group.IDENTITY_SUM)


def test_loading_the_library_leaves_no_file(tmp_path: Path) -> None:
    """The wheel's own loader leaves 2.8 MB in the temporary folder at every start; ours nothing.

    The folder is made unwritable too, as in a read-only container.
    """
    tmp_path.chmod(0o500)
    code = "from app.crypto import ristretto255 as g; g.multiply_base(g.random_scalar())"
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={"TMPDIR": str(tmp_path)}, timeout=60
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_many_inverses_are_those_of_each(count: int) -> None:
    scalars = [group.random_scalar() for _ in range(count)]
    assert group.invert_all(scalars) == [group.invert(scalar) for scalar in scalars]


def test_zero_among_many_has_no_inverse() -> None:
    with pytest.raises(InvalidScalar):
        group.invert_all([group.random_scalar(), group.Scalar(bytes(32)), group.random_scalar()])
