"""The mapping of a laboratory's own list: as that of a leak, without a title, with recipients."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.cli.sources import open_source
from app.errors import InvalidMapping, InvalidSource
from app.reading.mapping import parse_list_mapping, parse_mapping, parse_source
from app.reading.sources.settings import SourceSettings
from app.reading.suggestion.writing import suggest_list_mapping
from app.synthesis.mapping import MAPPING_TOML
from tests.reading.sources.writers import delimited

FIELDS = '[fields]\nnir = "NIR"\nbirth_date = { columns = ["NE"], formats = ["%d/%m/%Y"] }\n'


def test_it_needs_no_dataset() -> None:
    mapping = parse_list_mapping(FIELDS)
    assert mapping.source.schemes == ("nir-dob", "nir")
    assert mapping.recipient == {}
    with pytest.raises(InvalidMapping, match="title"):
        parse_mapping(FIELDS)


def test_that_of_a_leak_will_do() -> None:
    assert parse_list_mapping(MAPPING_TOML).source.fields == parse_mapping(MAPPING_TOML).fields


def test_recipients_are_kept_and_change_nothing_of_what_is_asked() -> None:
    with_recipient = parse_list_mapping(FIELDS + '[recipient]\nname = "NOM"\n')
    assert with_recipient.recipient == {"name": "NOM"}
    assert with_recipient.source.sha256 == parse_list_mapping(FIELDS).source.sha256
    with pytest.raises(InvalidMapping, match="recipient"):
        parse_mapping(MAPPING_TOML + '[recipient]\nname = "NOM"\n')


def test_what_it_says_of_the_source_is_read_alone() -> None:
    text = '[source]\nsheet = "Patients"\n[recipient]\nname = "NOM"\n'
    assert parse_source(text).sheet == "Patients"


@pytest.mark.parametrize(
    "text", ["[fields]\n", FIELDS + "[other]\n", FIELDS + "[dataset]\nx = 1\n", "recipient = 1\n"]
)
def test_what_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(InvalidMapping):
        parse_list_mapping(text)


def suggested(path: Path) -> str:
    with open_source(path) as named:
        return suggest_list_mapping(named.look, SourceSettings())


def test_a_suggestion_can_be_used_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rows = [["MARTIN", "Zoé", f"1{year}0556950048", f"12/05/19{year}"] for year in range(50, 90)]
    path.write_text(delimited(["NOM", "PRENOM", "NUM_SECU", "NE_LE"], rows), encoding="utf-8")
    text = suggested(path)
    mapping = parse_list_mapping(text)
    assert mapping.source.schemes == ("nir-dob", "nir", "name-dob")
    assert mapping.source.breach_date == date.min
    assert "[dataset]" not in text
    assert "MARTIN" not in text
    shown = parse_list_mapping(
        text.replace("# [recipient]", "[recipient]").replace("# name", "name")
    )
    assert shown.recipient["name"] == ["PRENOM", "NOM"]


def test_a_list_without_a_usable_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(delimited(["A", "B"], [["x", "y"]] * 40), encoding="utf-8")
    with pytest.raises(InvalidSource, match="identifies people"):
        suggested(path)
