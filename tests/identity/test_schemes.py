"""The table of schemes, and the laws that hold for every field."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.errors import InvalidField, UnknownScheme
from app.identity.schemes import (
    FIELD_NAMES,
    NORMALISATION_VERSION,
    SCHEMES,
    normalise_field,
    normalise_fields,
    scheme_input,
    scheme_named,
)
from tests.vectors import load

VECTOR_VALUES: list[str] = [case["raw"] for case in load("normalise-v1.json")["cases"]]

# Any text at all; text of what identifiers are made of; and the vectors with something in them.
ANYTHING = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=())),
    st.text(alphabet="0123456789+-./ ()@aAbB2éß٣３\u00a0\u00ad’", max_size=24),
    st.builds(
        lambda value, position, extra: value[:position] + extra + value[position:],
        st.sampled_from([*VECTOR_VALUES, "1985-05-12"]),
        st.integers(0, 20),
        st.text(max_size=2),
    ),
)
FIELDS = st.sampled_from(FIELD_NAMES)
REASONS = {"length", "empty", "format", "characters", "key", "calendar", "range"}


def test_the_schemes_are_those_of_the_protocol_in_its_order() -> None:
    assert NORMALISATION_VERSION == 1
    assert [(scheme.name, scheme.fields) for scheme in SCHEMES.values()] == [
        ("nir-dob", ("nir", "birth_date")),
        ("nir", ("nir",)),
        ("name-dob", ("surname", "given_name", "birth_date")),
        ("email", ("email",)),
        ("phone", ("phone",)),
    ]
    assert all(name == scheme.name for name, scheme in SCHEMES.items())


def test_the_fields_are_those_of_the_protocol_and_each_is_in_a_scheme() -> None:
    assert FIELD_NAMES == ("nir", "birth_date", "surname", "given_name", "email", "phone")
    assert {field for scheme in SCHEMES.values() for field in scheme.fields} == set(FIELD_NAMES)


def test_the_table_of_schemes_cannot_be_written() -> None:
    with pytest.raises(TypeError):
        SCHEMES["nir"] = SCHEMES["email"]  # type: ignore[index]  # what the test is about


def test_a_scheme_is_found_by_its_name() -> None:
    assert scheme_named("name-dob") is SCHEMES["name-dob"]


@pytest.mark.parametrize("name", ["", "NIR", "nir ", "1850578006048"])
def test_an_unknown_scheme_is_answered_with_the_known_ones_only(name: str) -> None:
    with pytest.raises(UnknownScheme) as caught:
        scheme_named(name)
    assert caught.value.message == (
        "no scheme has that name; there are nir-dob, nir, name-dob, email, phone"
    )


def test_fields_come_out_in_the_schemes_order() -> None:
    raw = {"birth_date": "1953-11-30", "given_name": "Jean-Pierre Marie", "surname": "Le Goff"}
    result = normalise_fields(SCHEMES["name-dob"], raw)
    assert result == ("LEGOFF", "JEANPIERRE", "1953-11-30")


def test_a_missing_field_is_named() -> None:
    with pytest.raises(InvalidField) as caught:
        normalise_fields(SCHEMES["nir-dob"], {"nir": "1850578006048"})
    assert (caught.value.field, caught.value.reason) == ("birth_date", "missing")


def test_a_field_of_another_scheme_is_named_and_refused() -> None:
    with pytest.raises(InvalidField) as caught:
        normalise_fields(SCHEMES["nir"], {"nir": "1850578006048", "birth_date": "1985-05-12"})
    assert (caught.value.field, caught.value.reason) == ("birth_date", "unexpected")


def test_a_field_that_no_scheme_has_is_refused_and_not_shown() -> None:
    with pytest.raises(InvalidField) as caught:
        normalise_fields(SCHEMES["nir"], {"nir": "1850578006048", "2690120004321": "nir"})
    refusal = caught.value
    assert (refusal.field, refusal.reason) == ("unknown", "unexpected")
    assert "2690120004321" not in refusal.message + refusal.hint
    with pytest.raises(InvalidField) as caught:
        normalise_field("2690120004321", "x")
    assert (caught.value.field, caught.value.reason) == ("unknown", "unexpected")


def test_a_refused_value_is_refused_under_its_own_field() -> None:
    with pytest.raises(InvalidField) as caught:
        normalise_fields(SCHEMES["nir-dob"], {"nir": "1850578006048", "birth_date": "hier"})
    assert (caught.value.field, caught.value.reason) == ("birth_date", "format")


@pytest.mark.parametrize("values", [(), ("1850578006048", "1985-05-12")])
def test_another_number_of_values_than_fields_is_not_encoded(values: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="values for the 1 fields") as caught:
        scheme_input(SCHEMES["nir"], values)
    assert "1850578006048" not in str(caught.value)


def test_the_border_between_two_fields_is_part_of_the_input() -> None:
    scheme = SCHEMES["name-dob"]
    one = scheme_input(scheme, ("MARTIN", "ANNE", "1985-05-12"))
    other = scheme_input(scheme, ("MARTI", "NANNE", "1985-05-12"))
    assert one != other


def test_the_same_value_in_two_schemes_has_two_inputs() -> None:
    assert scheme_input(SCHEMES["email"], ("x",)) != scheme_input(SCHEMES["phone"], ("x",))


@given(FIELDS, ANYTHING)
@example("surname", "ﬃ" * 256)
@example("email", "H\u0331@b.example")
@example("email", "ΑΣ@ΑΣ.example")
def test_a_result_is_its_own_result(field: str, raw: str) -> None:
    try:
        once = normalise_field(field, raw)
    except InvalidField:
        return
    assert normalise_field(field, once) == once
    assert once.encode("utf-8")


def refusal_of(field: str, raw: str) -> InvalidField | None:
    try:
        normalise_field(field, raw)
    except InvalidField as refusal:
        return refusal
    return None


@given(FIELDS, ANYTHING)
def test_any_text_is_normalised_or_refused_with_a_reason(field: str, raw: str) -> None:
    refusal = refusal_of(field, raw)
    if refusal is not None:
        assert refusal.field == field
        assert refusal.reason in REASONS
        assert refusal.message
        assert refusal.hint


@given(FIELDS, ANYTHING, st.from_regex(r"[4-9]{5,15}|[jqxz]{5,15}", fullmatch=True), ANYTHING)
@example("email", "a@\u0301", "zzzzz", ".example")
@example("nir", "1850", "57800", "604831")
def test_a_refusal_never_holds_the_value(field: str, before: str, mark: str, after: str) -> None:
    """Nor does an exception behind it; the mark is a text that no message has by itself."""
    refusal = refusal_of(field, before + mark + after)
    if refusal is not None:
        assert mark not in f"{refusal!s} {refusal!r} {refusal.message} {refusal.hint}"
        assert refusal.__cause__ is None
        assert refusal.__context__ is None


def test_a_refusals_message_is_the_same_for_every_value() -> None:
    """Stronger than to look for the value: a reason has one message, whatever came in."""
    assert {
        (refusal.message, refusal.hint)
        for raw in ("185057800604831", "269012000432117", "2 85 05 2A 004 111 19")
        if (refusal := refusal_of("nir", raw))
    } == {
        (
            "the two-digit key does not match; check the number",
            "the key is the last two digits; one of the 15 characters is wrong",
        )
    }
