"""A letter is whole, says what the law asks for, and shows an address through a window only."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.errors import UnprintableLetter
from app.notify.folder import Template, read_template
from app.notify.letters import Letter, Printer
from app.notify.people import Person
from app.notify.posting import letter_for
from app.worklist.recipients import Recipient
from tests.notify.examples import filled_template
from tests.notify.pdf import characters, pages

DAY = date(2026, 3, 1)
# In millimetres from the upper left corner of the sheet, as it is folded: what always shows
# through a window of 35 × 100 mm, 20 mm from the edges of an envelope DL; and what may show.
ALWAYS_SHOWS = (100, 55, 190, 79)
MAY_SHOW = (90, 44, 200, 90)
# Six lines of 38 of the widest letters, accents above and tails below.
WIDEST = Recipient(
    name="Ŵ" * 37 + " " + "Ç" * 38,
    address=("ÉÀÎg" * 9, "W" * 38),
    postcode="56000",
    town="j" * 60,
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return filled_template(tmp_path_factory.mktemp("letters") / "template")


@pytest.fixture(scope="module")
def printer(template: Template) -> Printer:
    return Printer(template.letter)


def letter(template: Template, number: int = 1, **fields: object) -> Letter:
    """Return a made-up person's letter, some fields of the recipient changed."""
    given: dict[str, object] = {
        "name": "Anaïs LE GOFF",
        "address": ("3 rue de l’Église",),
        "postcode": "56000",
        "town": "Vannes",
    }
    recipient = Recipient(**(given | fields))  # type: ignore[arg-type]  # a field of its own each
    return letter_for(template, Person(("k",), (2,), recipient), number, DAY)


def test_a_package_of_this_machine_is_not_taken_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    package = tmp_path / "data/typst/packages/local/x/1.0.0"
    package.mkdir(parents=True)
    manifest = '[package]\nname = "x"\nversion = "1.0.0"\nentrypoint = "lib.typ"\n'
    (package / "typst.toml").write_text(manifest, encoding="utf-8")
    (package / "lib.typ").write_text("#let y = 1", encoding="utf-8")
    layout = tmp_path / "letter.typ"
    titled = '#set document(title: "x")\n#set text(lang: "fr")\n'
    layout.write_text(f"{titled}#let y = 1\n#y", encoding="utf-8")
    assert Printer(layout).render([]).startswith(b"%PDF")
    layout.write_text(f'{titled}#import "@local/x:1.0.0": y\n#y', encoding="utf-8")
    with pytest.raises(UnprintableLetter):
        Printer(layout).render([])


def test_it_says_what_article_34_asks_for(template: Template, printer: Printer) -> None:
    text = " ".join(pages(printer.render([letter(template)])))
    for told in (
        "Un fichier de dossiers anciens a été copié, puis mis en ligne.",  # nature
        "numéro de sécurité sociale",  # kinds of data
        "De faux appels ou de faux messages",  # consequences
        "Nous avons fermé l’accès par lequel le fichier est sorti.",  # taken
        "Regardez vos remboursements de soins",  # advised
        "Claire Le Bihan",  # the data-protection officer
        "01 99 00 12 34",
        "dpo@remparts.example",
        "3 place de Fontenoy",
        "Vannes, le 1er mars 2026",
        "au nom de Anaïs LE GOFF",
    ):
        assert told in text


def test_english_is_written_to_who_asks_for_it(template: Template, printer: Printer) -> None:
    text = " ".join(pages(printer.render([letter(template, language="en")])))
    assert "Important information about your personal data" in text
    assert "Vannes, 1 March 2026" in text
    assert "A file of old records was copied" in text
    assert "Letter no. 000001" in text
    assert "Madame" not in text


def test_a_letter_is_one_sheet(template: Template, printer: Printer) -> None:
    for language in ("fr", "en"):
        told = pages(printer.render([letter(template, language=language)]))
        assert len(told) == 2
        assert told[0].endswith("1 / 2")
        assert told[1].endswith("2 / 2")


@pytest.mark.parametrize(
    "name",
    [
        "Zoë D’Hervé-Œuf Çağla Łukasz",
        "O'Brien #let x = 1 $a_1$ *gras* _it_ @ref <tag> \\ /* // ~",
        '"} #panic() ]] ` \\u{41} #include "notice.toml" {laboratory}',
        "Marie-Antoinette Joséphine Guillemette de La Rochefoucauld-Montbéliard-Saint-Étienne",
    ],
)
def test_a_name_is_printed_as_it_is_written(
    template: Template, printer: Printer, name: str
) -> None:
    """Whatever it means to a typesetter, and however long it is: wrapped, never cut."""
    content = printer.render([letter(template, name=name)])
    text = "".join(pages(content)).replace(" ", "")
    assert text.count(name.replace(" ", "")) == 3  # in the window, and twice in the text


def test_what_shows_through_the_window_is_the_address_alone(
    template: Template, printer: Printer
) -> None:
    for recipient in (letter(template), letter_for(template, Person((), (), WIDEST), 1, DAY)):
        printed = characters(printer.render([recipient]))
        shown = [each for each in printed if each.touches(*MAY_SHOW)]
        address = "".join(recipient.address).replace(" ", "")
        assert "".join(each.text for each in shown) == address
        assert all(each.lies_in(*ALWAYS_SHOWS) for each in shown)


def test_the_widest_address_fits_on_six_lines(template: Template) -> None:
    address = letter_for(template, Person((), (), WIDEST), 1, DAY).address
    assert len(address) == 6
    assert max(map(len, address)) == 38


def test_above_the_fold_nothing_tells_of_health(template: Template, printer: Printer) -> None:
    """What a thin envelope lets through is a neutral sender and an address."""
    above = "".join(
        each.text for each in characters(printer.render([letter(template)])) if each.bottom < 90
    )
    assert above == "".join(
        ["Servicecourrier", "BP12", "56000VANNES", "AnaïsLEGOFF", "3ruedel’Église", "56000VANNES"]
    )


def test_a_print_file_begins_each_letter_on_an_odd_page(
    template: Template, printer: Printer
) -> None:
    names = [f"Personne{number}" for number in range(1, 21)]
    letters = [letter(template, number, name=name) for number, name in enumerate(names, start=1)]
    told = pages(printer.render(letters))
    assert len(told) == 40
    for number, name in enumerate(names, start=1):
        first, second = told[2 * number - 2 : 2 * number]
        assert f"{name} 3 rue" in first
        assert first.endswith(f"{number:06} 1 / 2")
        assert second.endswith(f"{number:06} 2 / 2")


def test_a_letter_of_three_pages_is_followed_by_an_empty_one(
    template: Template, tmp_path: Path
) -> None:
    """So that no letter begins on the back of another's."""
    filled_template(tmp_path / "template")
    texts = tmp_path / "template" / "french.toml"
    many = ", ".join('"Une phrase de plus, pour que la lettre soit longue."' for _ in range(60))
    texts.write_text(
        texts.read_text(encoding="utf-8").replace('text = ["- {measures}"]', f"text = [{many}]"),
        encoding="utf-8",
    )
    longer = read_template(tmp_path / "template")
    told = pages(Printer(longer.letter).render([letter(longer, n) for n in (1, 2)]))
    assert [page[-5:] for page in told] == [
        "1 / 3",
        "2 / 3",
        "3 / 3",
        "",
        "1 / 3",
        "2 / 3",
        "3 / 3",
    ]


def test_a_sign_without_a_glyph_is_refused_and_not_quoted(
    template: Template, printer: Printer
) -> None:
    with pytest.raises(UnprintableLetter) as caught:
        printer.render([letter(template, name="王小明")])
    assert "王" not in str(caught.value)
    assert not printer.can_set(letter(template, name="王小明"))


def test_every_latin_letter_can_be_set(template: Template, printer: Printer) -> None:
    """Of all the languages of Europe, and Vietnamese; in a name and in an address."""
    ranges = (range(0x21, 0x7F), range(0xC0, 0x250), range(0x1E00, 0x1F00))
    every = "".join(chr(code) for each in ranges for code in each)
    assert printer.can_set(letter(template, name=every, address=(every[:30],)))


def test_a_specimen_says_so_on_every_page(template: Template, printer: Printer) -> None:
    person = Person(("k",), (2,), Recipient(name="Anaïs", language="fr"))
    told = pages(printer.render([letter_for(template, person, 1, DAY, is_specimen=True)]))
    assert len(told) == 2
    assert all("SPÉCIMEN" in page for page in told)
    assert "SPÉCIMEN" not in "".join(pages(printer.render([letter(template)])))


def test_a_screen_reader_can_read_it(template: Template, printer: Printer) -> None:
    content = printer.render([letter(template)])
    assert b"/StructTreeRoot" in content
    assert b"/Marked true" in content
    assert b"pdfuaid" in content
