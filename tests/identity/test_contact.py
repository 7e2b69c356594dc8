"""E-mail addresses and telephone numbers.

Invented numbers come from the ranges that the French regulator keeps free for fiction (01 99 00,
02 61 91, 03 53 01, 04 65 71, 05 36 49, 06 39 98); overseas numbers need their own prefixes, and
end in zeros and one digit.
"""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidField
from app.identity.characters import SPACES
from app.identity.contact import normalise_email, normalise_phone


def email_reason(raw: str) -> str:
    with pytest.raises(InvalidField) as caught:
        normalise_email(raw)
    assert caught.value.field == "email"
    return caught.value.reason


def phone_reason(raw: str) -> str:
    with pytest.raises(InvalidField) as caught:
        normalise_phone(raw)
    assert caught.value.field == "phone"
    return caught.value.reason


@pytest.mark.parametrize(
    ("raw", "result"),
    [
        ("Claire.Martin+Labo@Clinique.Example", "claire.martin+labo@clinique.example"),
        ("o'brien@clinique.example", "o'brien@clinique.example"),
        ("..a..@clinique.example", "..a..@clinique.example"),
        ("a@1.example", "a@1.example"),
        ("a@b_c.example", "a@b_c.example"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ("a@xn--not-punycode-.x.example", None),
        ("É@clinique.example", "é@clinique.example"),
        ("a@CAFÉ.example", "a@xn--caf-dma.example"),
        ("a@cafe\u0301.example", "a@xn--caf-dma.example"),
        ("a@ｃｌｉｎｉｑｕｅ.example", "a@clinique.example"),
        ("a@clinique。example", "a@clinique.example"),
        ("a@straße.example", "a@xn--strae-oqa.example"),
    ],
)
def test_an_address_keeps_its_local_part_and_gets_an_ascii_domain(
    raw: str, result: str | None
) -> None:
    """The ß stays a letter of its own, as UTS 46 has it without transitional processing."""
    if result is None:
        assert email_reason(raw) == "format"
    else:
        assert normalise_email(raw) == result


@pytest.mark.parametrize("space", SPACES)
def test_spaces_around_an_address_are_dropped_and_within_it_refused(space: str) -> None:
    assert normalise_email(f"{space}a@b.example{space}") == "a@b.example"
    assert email_reason(f"a{space}a@b.example") == "characters"
    assert email_reason(f"a@b{space}b.example") == "format"


@pytest.mark.parametrize(
    "raw", ["@b.example", "a@", "@", "a", "a@b@c.example", "a@@b.example", "a＠b.example"]
)
def test_without_one_at_sign_and_something_on_both_sides_it_is_no_address(raw: str) -> None:
    assert email_reason(raw) == "format"


@pytest.mark.parametrize("character", [*',;:<>()[]"\\“”«»‘’', "\x00", "\x7f", "\x9f"])
def test_signs_of_a_list_a_quote_or_a_display_name_are_refused(character: str) -> None:
    assert email_reason(f"a{character}a@b.example") == "characters"
    assert email_reason(f"a@b{character}b.example") == "format"


@pytest.mark.parametrize("character", ["\u200b", "\u00ad", "\ufeff", "\u202e", "\ue000", "\ud800"])
def test_invisible_characters_in_a_local_part_are_refused(character: str) -> None:
    assert email_reason(f"a{character}a@b.example") == "characters"


@pytest.mark.parametrize(
    "domain",
    [
        "localhost",
        ".example",
        "b..example",
        "b.example.",
        "-b.example",
        "b-.example",
        "b!.example",
        "[192.0.2.1]",
        "b" * 64 + ".example",
        "é" * 60 + ".example",
        "\u0301.example",
        "xn--a.bücher.example",
        "b_c.bücher.example",
        "\ud800.example",
    ],
)
def test_domains_that_cannot_be_are_refused(domain: str) -> None:
    assert email_reason(f"a@{domain}") == "format"


def test_labels_have_63_characters_at_most_and_domains_253() -> None:
    label = "b" * 63
    assert normalise_email(f"a@{label}.example") == f"a@{label}.example"
    longest = ".".join([label, label, label, "b" * 61])
    assert normalise_email(f"a@{longest}") == f"a@{longest}"
    assert email_reason(f"a@{longest}b") == "format"


def test_more_than_256_characters_are_refused_before_and_after_the_rules() -> None:
    assert len(normalise_email("a" * 246 + "@b.example")) == 256
    assert email_reason("a" * 247 + "@b.example") == "length"
    assert email_reason("a@b.example".ljust(257)) == "length"
    assert email_reason("a" * 245 + "@é.example") == "length"


@pytest.mark.parametrize("raw", ["", " ", "\u00a0"])
def test_no_address_is_empty(raw: str) -> None:
    assert email_reason(raw) == "empty"


def test_a_refused_domain_leaves_no_trace_in_the_exception() -> None:
    """`idna` quotes the domain; neither its exception nor its message may travel on."""
    with pytest.raises(InvalidField) as caught:
        normalise_email("a@\u0301secret.example")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_every_single_character_gives_an_address_that_is_its_own_result() -> None:
    """Lower-casing and composing can undo each other, so each character is tried with a mark.

    Only characters that one of the two changes, which keeps it under a second.
    """
    changed = [
        c
        for c in map(chr, range(sys.maxunicode + 1))
        if c.lower() != c or unicodedata.decomposition(c)
    ]
    for character in changed:
        for local in (character, character + "\u0331"):
            try:
                result = normalise_email(local + "@b.example")
            except InvalidField:
                continue
            assert normalise_email(result) == result
            assert unicodedata.is_normalized("NFC", result)


@pytest.mark.parametrize(
    "raw",
    [
        "0199001234",
        "01 99 00 12 34",
        "01.99.00.12.34",
        "01-99-00-12-34",
        "01/99/00/12/34",
        "01_99_00_12_34",
        "(01) 99 00 12 34",
        "(0)1 99 00 12 34",
        "199001234",
        "33199001234",
        "+33199001234",
        "+33 (0)1 99 00 12 34",
        "0033 1 99 00 12 34",
        "0033(0)199001234",
        "01\u00a099\u202f00\u200912\u300034",
        "０１９９００１２３４",
        "＋３３１９９００１２３４",
    ],
)
def test_the_ways_to_write_a_french_number_give_one_result(raw: str) -> None:
    assert normalise_phone(raw) == "+33199001234"


@pytest.mark.parametrize("start", ["019900", "026191", "035301", "046571", "053649", "061234"])
def test_numbers_of_france_proper_get_33(start: str) -> None:
    """The mobile number is the vectors' own, as 06 39 98 counts as Mayotte's."""
    assert normalise_phone(start + "1234") == "+33" + start[1:] + "1234"


@pytest.mark.parametrize(
    ("first_three", "country"),
    [
        ("262", "262"),
        ("263", "262"),
        ("269", "262"),
        ("639", "262"),
        ("692", "262"),
        ("693", "262"),
        ("590", "590"),
        ("690", "590"),
        ("691", "590"),
        ("594", "594"),
        ("694", "594"),
        ("596", "596"),
        ("696", "596"),
        ("697", "596"),
        ("508", "508"),
    ],
)
def test_overseas_numbers_get_their_own_prefix(first_three: str, country: str) -> None:
    national = first_three + "000001"
    result = f"+{country}{national}"
    for raw in (national, "0" + national, "33" + national, "+33" + national, result):
        assert normalise_phone(raw) == result


def test_fictional_mobile_numbers_count_as_mayottes() -> None:
    """639 is Mayotte's by the frozen table, and the fictional 06 39 98 lies in it."""
    assert normalise_phone("06 39 98 12 34") == normalise_phone("+262 639 98 12 34")


@pytest.mark.parametrize("first_three", ["261", "264", "268", "589", "591", "595", "597", "507"])
def test_neighbours_of_the_overseas_prefixes_are_of_france_proper(first_three: str) -> None:
    assert normalise_phone(f"0{first_three}000001") == f"+33{first_three}000001"


@pytest.mark.parametrize(
    ("raw", "result"),
    [
        ("+1 (202) 555-0143", "+12025550143"),  # a range that North America keeps for fiction
        ("001 202 555 0143", "+12025550143"),
        ("+44 (0)20 7946 0018", "+442079460018"),  # likewise the United Kingdom
        ("+32000000", "+32000000"),
        ("+320000000000001", "+320000000000001"),
    ],
)
def test_numbers_of_other_countries_are_kept(raw: str, result: str) -> None:
    assert normalise_phone(raw) == result


@pytest.mark.parametrize(
    "raw",
    [
        "12",
        "+3200000",  # 7 digits
        "+3200000000000001",  # 16
        "+330199001234",  # the 0 that does not belong there
        "+3319900123",
        "330199001234",
        "019900123",
        "01990012345",
        "009900123",  # + and 7 digits
        "+0199001234",
        "000199001234",
        "+33099001234",
        "099001234",
        "++33199001234",
        "33+199001234",
        "0+33199001234",
        "01 99 00 12 34 poste 5",
        "01,99,00,12,34",
        "01\u201399\u201300\u201312\u201334",  # en dashes: the rule has the hyphen only
        "٠١٩٩٠٠١٢٣٤",
        "01990012３4x",
        "1.99E+08",
        "+",
        "00",
        "#31#0199001234",
    ],
)
def test_what_is_no_number_by_the_rule_is_refused(raw: str) -> None:
    assert phone_reason(raw) == "format"


@pytest.mark.parametrize("raw", ["", " ", "-", "(0)", "()", "\u3000./_"])
def test_no_number_is_empty(raw: str) -> None:
    assert phone_reason(raw) == "empty"


def test_a_phone_of_more_than_256_characters_is_refused() -> None:
    assert normalise_phone("0199001234".ljust(256)) == "+33199001234"
    assert phone_reason("0199001234".ljust(257)) == "length"


@given(st.text(alphabet="0123456789+ .-/()_３"))
def test_a_result_is_a_plus_and_ascii_digits(raw: str) -> None:
    try:
        result = normalise_phone(raw)
    except InvalidField:
        return
    assert re.fullmatch(r"\+[1-9][0-9]{7,14}", result)
    assert normalise_phone(result) == result
