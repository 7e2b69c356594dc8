"""Bytes become physical lines: none lost, none changed in silence."""

from __future__ import annotations

import pytest

from app.errors import InvalidSource
from app.reading.sources import encodings
from tests.ingest.examples import ShortReads, lines_of

SAMPLES = (
    "DUPRÉ;Hélène",
    "Noël",
    "François",
    "GÉRARD;Anaïs",
    "Émile",
    "Élodie",
    "être à l'hôpital",
    "Œuvre de Lourdes",
    "sœur",
    "Benoît;Maël",
    "BENOÎT",
    "DE LA FORÊT",
    "Château-Thierry",
    "Laboratoire Côte d'Émeraude",
    "Besançon",
    "Béthune;Angèle",
    "où",
    "naïf",
    "MÜLLER",
    "10 €",
    "NÉE MARTIN",
    "prélèvement à jeun",
    "Jérôme",
    "ÉVREUX",
    "n° 12",
    "Chloë",
    "Lætitia",
)
# Of 27 samples of a few letters each, and fewer where an encoding has no sign for one.
WRONG_MAXIMUM = {"utf-8": 0, "cp1252": 0, "iso8859-15": 0, "cp850": 1, "mac_roman": 2}


def text_of(source: bytes, encoding: str = "auto") -> list[str]:
    return [line.text for line in lines_of(source, encoding)]


@pytest.mark.parametrize("encoding", WRONG_MAXIMUM)
def test_a_few_letters_of_french_tell_the_encoding(encoding: str) -> None:
    """The letters themselves are compared: what two encodings share need not be told apart."""
    known = {sample: sample.encode(encoding, errors="ignore") for sample in SAMPLES}
    known = {sample: raw for sample, raw in known.items() if raw.decode(encoding) == sample}
    assert len(known) >= 20
    wrong = [sample for sample, raw in known.items() if text_of(raw) != [sample]]
    assert len(wrong) <= WRONG_MAXIMUM[encoding]


@pytest.mark.parametrize("encoding", WRONG_MAXIMUM)
def test_a_page_of_french_tells_the_encoding(encoding: str) -> None:
    lines = [s for s in SAMPLES if not set(s) & set("Œœ€")]
    assert text_of("\n".join(lines).encode(encoding)) == lines


def test_lines_of_two_programs_in_one_file_are_each_read_rightly() -> None:
    for mostly, rarely in (("utf-8", "cp1252"), ("cp1252", "utf-8"), ("utf-8", "cp850")):
        raw = ["Hélène;DUPRÉ".encode(mostly)] * 9 + ["Zoé;LEFÈVRE".encode(rarely)]
        assert text_of(b"\n".join(raw)) == ["Hélène;DUPRÉ"] * 9 + ["Zoé;LEFÈVRE"]


def test_a_line_of_another_encoding_behind_the_sample_is_read_as_old_french() -> None:
    raw = b"plain;text\n" * 40_000 + "Zoé;LEFÈVRE\n".encode("cp1252")
    assert text_of(raw)[-1] == "Zoé;LEFÈVRE"


def test_a_macintosh_file_is_not_taken_for_utf8_by_its_apostrophes() -> None:
    """In MacRoman, ’É is by accident one character of UTF-8."""
    lines = ["L’ÉCOLE", "l’été à la plage", "Hélène", "cœur et âme", "L’ÉGLISE"]
    assert text_of("\n".join(lines).encode("mac_roman")) == lines


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    for encoding in ("auto", "utf-8"):
        assert text_of(b"\xef\xbb\xbfNOM;VILLE\n", encoding) == ["NOM;VILLE"]
        source = ShortReads(b"\xef\xbb\xbfNOM;VILLE\n", size=1)
        assert [line.text for line in lines_of(source, encoding)] == ["NOM;VILLE"]


def test_a_byte_that_is_no_character_is_replaced_and_told() -> None:
    """Strict Windows-1252 has nothing at 0x81; the row is worth more than the character."""
    first, second = lines_of(b"AB\x81C\nD\xc9\n", "cp1252")
    assert (first.text, first.is_replaced) == ("AB\ufffdC", True)
    assert (second.text, second.is_replaced) == ("DÉ", False)
    (only,) = lines_of(b"caf\xe9", "utf-8")
    assert (only.text, only.is_replaced) == ("caf\ufffd", True)


@pytest.mark.parametrize("sample_bytes", [1, 2, 9, 10, 11, 12])
def test_a_character_cut_by_a_chunk_is_whole(
    sample_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encodings, "SAMPLE_BYTES", sample_bytes)
    monkeypatch.setattr(encodings, "CHUNK_BYTES", 3)
    assert text_of("NOM;VILLE\nÉÉÉ;€\n".encode(), "utf-8") == ["NOM;VILLE", "ÉÉÉ;€"]


def test_a_source_that_gives_little_at_a_time_is_read_the_same() -> None:
    """What is guessed from must not depend on how a pipe cuts its data."""
    raw = "NOM;VILLE\r\n" + "DUPRÉ;Évreux\r\n" * 300
    whole = lines_of(raw.encode("cp850"))
    assert whole[-1].text == "DUPRÉ;Évreux"
    for size in (1, 7, 1000):
        assert lines_of(ShortReads(raw.encode("cp850"), size)) == whole


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "end"])
def test_every_line_end_is_one(end: str, last: str) -> None:
    """Also that of old Macintoshes, and a last line without any."""
    raw = end.join(["NOM;VILLE", "A;B", "", last]).encode()
    assert text_of(raw) == ["NOM;VILLE", "A;B", "", *([last] if last else [])]


def test_lines_are_numbered_as_an_editor_counts() -> None:
    assert [line.number for line in lines_of(b"a\n\nb\nc")] == [1, 2, 3, 4]


def test_an_empty_source_has_no_line() -> None:
    assert lines_of(b"") == []


def test_a_line_without_end_is_refused_in_bounded_memory() -> None:
    with pytest.raises(InvalidSource, match="longer than"):
        lines_of(b"a;" * encodings.LINE_BYTES_MAXIMUM, "cp1252")


@pytest.mark.parametrize(
    "raw", ["NOM;VILLE\n".encode("utf-16"), "NOM;VILLE\n".encode("utf-16-le"), b"PK\x03\x04\x00"]
)
def test_what_is_no_such_text_is_refused_with_a_way_out(raw: bytes) -> None:
    with pytest.raises(InvalidSource, match="not text") as caught:
        lines_of(raw)
    assert "converted" in caught.value.hint
