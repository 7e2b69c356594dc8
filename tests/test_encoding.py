"""Framing and base64url: one text for one value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.encoding import from_base64url, length_prefixed, to_base64url
from app.errors import InvalidMessage


@given(st.binary(max_size=80))
def test_what_is_written_reads_back(value: bytes) -> None:
    assert from_base64url(to_base64url(value), name="value", length=len(value)) == value


@pytest.mark.parametrize("text", ["AA==", "A", "AB", "+/8", "AA\n", " AA", "é", "AAAAA"])
def test_any_other_spelling_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(InvalidMessage) as refusal:
        from_base64url(text, name="blinded[0]")
    assert "blinded[0]" in refusal.value.message
    assert text not in refusal.value.message.replace("blinded[0]", "")


def test_another_length_is_refused() -> None:
    with pytest.raises(InvalidMessage, match="2 bytes instead of 32"):
        from_base64url("AAA", name="proof", length=32)


@given(st.lists(st.binary(max_size=9)), st.lists(st.binary(max_size=9)))
def test_framed_lists_never_collide(left: list[bytes], right: list[bytes]) -> None:
    framed = [b"".join(map(length_prefixed, values)) for values in (left, right)]
    assert (framed[0] == framed[1]) == (left == right)
