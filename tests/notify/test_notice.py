"""Nobody is sent a letter with a gap in it, nor an envelope that tells of health."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from app.errors import InvalidNotice
from app.notify.discretion import check_tells_nothing
from app.notify.folder import read_template, write_new_template
from app.notify.notice import parse_notice
from tests.notify.examples import NOTICE_TOML, filled_template


def refusal(text: str) -> str:
    with pytest.raises(InvalidNotice) as caught:
        parse_notice(text)
    return f"{caught.value.message} | {caught.value.hint}"


def test_a_notice_that_is_filled_in_is_read() -> None:
    facts = parse_notice(NOTICE_TOML).facts
    assert set(facts) == {"fr", "en"}
    assert facts["fr"]["discovered_on"] == "23\u00a0février\u00a02021"
    assert facts["en"]["discovered_on"] == "23\u00a0February\u00a02021"
    assert facts["fr"]["happened_on"] == "entre 2018 et 2020"
    assert facts["en"]["measures"] == (
        "We closed the way by which the file got out.",
        "We filed a complaint with the police.",
    )


def test_the_new_template_is_refused_with_all_that_is_missing(tmp_path: Path) -> None:
    write_new_template(tmp_path / "new")
    with pytest.raises(InvalidNotice) as caught:
        read_template(tmp_path / "new")
    told = caught.value.message
    for place in (
        "laboratory.name", "laboratory.address", "laboratory.place", "laboratory.signatory (fr)",
        "envelope.sender", "breach.nature (fr)", "breach.happened_on", "breach.discovered_on",
        "breach.data (fr)", "measures.taken (fr)", "protection_officer.name",
        "protection_officer.email", "protection_officer.phone", "protection_officer.address",
        "recipient.name",
    ):  # fmt: skip
        assert place in told
    for optional in ("notified_on", "public_page", "authority", "(en)"):
        assert optional not in told


@pytest.mark.parametrize(
    ("section", "key"),
    [(s, k) for s, fields in tomllib.loads(NOTICE_TOML).items() for k in fields],
)
def test_whatever_is_left_out_is_named_or_optional(section: str, key: str) -> None:
    before, opened, rest = NOTICE_TOML.partition(f"[{section}]")
    left = before + opened + re.sub(rf"^{key} = .*$", "", rest, count=1, flags=re.MULTILINE)
    is_optional = section == "recipient" and key != "name"
    if is_optional or (section, key) in (("breach", "notified_on"), ("public_page", "address")):
        parse_notice(left)
    else:
        assert f"{section}.{key}" in refusal(left)


def test_english_is_needed_only_where_it_can_be_asked_for() -> None:
    english = ', en = "A file of old records was copied, then put online."'
    assert english in NOTICE_TOML
    french = NOTICE_TOML.replace(english, "")
    assert "breach.nature (en)" in refusal(french)
    assert set(parse_notice(french.replace('language = "LANGUE"', "")).facts) == {"fr"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[laboratory]", "[labo]", "has no 'labo'"),
        ('place = "Vannes"', 'city = "Vannes"', "[laboratory] of the notice has no 'city'"),
        ('place = "Vannes"', "place = 3", "laboratory.place of the notice is not a text"),
        ("discovered_on = 2021-02-23", 'discovered_on = "hier"', "is not a date"),
        ('sender = ["Service', 'sender = ["a", "b", "c", "Service', "more than 5 lines"),
        ('postcode = "CP"', 'zip = "CP"', "the notice: [recipient] has no 'zip'"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_place(old: str, new: str, said: str) -> None:
    assert said in refusal(NOTICE_TOML.replace(old, new, 1))


@pytest.mark.parametrize(
    "telling",
    ["Laboratoire Le Goff", "LABO DES REMPARTS", "Biologie médicale", "Service Santé",
     "CHU de Rennes", "Medical records", "Résultats d’analyses", "Centre hospitalier"],
)  # fmt: skip
def test_a_sender_that_tells_of_health_is_refused(telling: str) -> None:
    assert "tells of health" in refusal(NOTICE_TOML.replace("Service courrier", telling))


@pytest.mark.parametrize(
    "neutral", ["Service courrier", "LG Gestion", "12 rue de l’Hôpital", "BP 12", "56000 VANNES"]
)
def test_a_neutral_sender_is_not(neutral: str) -> None:
    check_tells_nothing("the sender", neutral)


def test_what_was_filled_in_is_never_written_over(tmp_path: Path) -> None:
    filled_template(tmp_path / "template")
    before = (tmp_path / "template" / "notice.toml").read_bytes()
    with pytest.raises(InvalidNotice, match="is there already"):
        write_new_template(tmp_path / "template")
    assert (tmp_path / "template" / "notice.toml").read_bytes() == before


def test_a_changed_text_changes_the_digest(tmp_path: Path) -> None:
    before = filled_template(tmp_path / "template").sha256
    texts = tmp_path / "template" / "english.toml"
    texts.write_text(texts.read_text(encoding="utf-8") + "# looked at\n", encoding="utf-8")
    assert read_template(tmp_path / "template").sha256 != before


@pytest.mark.parametrize(
    "line",
    [
        '#import "@preview/x:1.0.0": y',
        '#import("@preview/x:1.0.0")',
        '#let a = "@" + "preview/x:1.0.0"\n#import a: y',
        '#import "\\u{40}preview/x:1.0.0": y',
        '#import ("@pre" + "view/" + letters.first().sender.first() + ":1.0.0")',
        '#{ include\n  "@preview/x:1.0.0" }',
        '#eval("im" + "port")',
    ],
)
def test_a_layout_that_would_fetch_code_is_refused(tmp_path: Path, line: str) -> None:
    """Also where the package's name is put together, which could be from somebody's."""
    filled_template(tmp_path / "template")
    layout = tmp_path / "template" / "letter.typ"
    text = layout.read_text(encoding="utf-8")
    layout.write_text(f"{line}\n{text}", encoding="utf-8")
    with pytest.raises(InvalidNotice, match="fetched from the network"):
        read_template(tmp_path / "template")


def test_a_layout_can_take_in_a_file_of_its_folder(tmp_path: Path) -> None:
    filled_template(tmp_path / "template")
    logo = tmp_path / "template" / "logo.typ"
    logo.write_text("#let logo = []", encoding="utf-8")
    layout = tmp_path / "template" / "letter.typ"
    text = layout.read_text(encoding="utf-8")
    layout.write_text(f'#import "logo.typ": logo\n{text}', encoding="utf-8")
    read = read_template(tmp_path / "template")
    assert read.letter == layout
    logo.write_text("#let logo = [x]", encoding="utf-8")
    assert read_template(tmp_path / "template").sha256 != read.sha256
    logo.write_text('#import "@preview/x:1.0.0": logo', encoding="utf-8")
    with pytest.raises(InvalidNotice, match=r"logo\.typ imports"):
        read_template(tmp_path / "template")


def test_a_folder_without_a_file_says_which(tmp_path: Path) -> None:
    filled_template(tmp_path / "template")
    (tmp_path / "template" / "letter.typ").unlink()
    with pytest.raises(InvalidNotice, match=r"letter\.typ cannot be read"):
        read_template(tmp_path / "template")


def test_the_new_notice_is_toml_with_every_field_that_there_is(tmp_path: Path) -> None:
    """So that nobody has to know of a field that the file does not show."""
    write_new_template(tmp_path / "new")
    text = (tmp_path / "new" / "notice.toml").read_text(encoding="utf-8")
    shown = tomllib.loads(text.replace("# notified_on", "notified_on"))
    example = tomllib.loads(NOTICE_TOML)
    for section, fields in example.items():
        assert set(fields) <= set(shown[section])
