"""What is written: complete in English, well set in French, legible in both colour schemes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog as Catalogue
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app.errors import InvalidSettings
from app.web.pages.assets import STATIC
from app.web.pages.catalogues import LOCALE, catalogue_path, load_texts
from app.web.pages.guidance import HELP_FILE, load_guidance
from app.web.pages.languages import ENGLISH, FRENCH
from app.web.pages.rendering import TEMPLATES

MESSAGE = str | tuple[str, ...]
# What French sets with a no-break space, a wide or a narrow one.
BARE = re.compile(
    r"[^\u00a0\u202f\s][;?!»](?!\w)|[^\u00a0\u202f\s]:(?=\s|$)|[ ][;:?!»]|«[^\u00a0\u202f]"
)
NOT_PROMISED = re.compile(r"(?i)anonym|supprimé[es]* de façon sûre|securely deleted")


def extracted() -> set[MESSAGE]:
    """Return every string of the templates."""
    patterns = ("**.html", "**.atom")
    methods = [(pattern, "jinja2") for pattern in patterns]
    options = {pattern: {"trimmed": "true", "silent": "false"} for pattern in patterns}
    found = extract_from_dir(TEMPLATES, methods, options)
    return {message for _, _, message, _, _ in found}


def french() -> Iterator[str]:
    for message in extracted():
        yield from (message,) if isinstance(message, str) else message
    guidance = load_guidance()
    yield from (text.fr for c in guidance.contacts for text in (c.name, c.what))
    yield from (text.fr for text in guidance.leaks.values())


def catalogue() -> Catalogue:
    with catalogue_path(ENGLISH).open("rb") as file:
        return read_po(file, locale=ENGLISH.code)


def forms(text: object) -> tuple[str, ...]:
    """Return a string, or the forms of one that has a plural."""
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]  # Babel's union


def english() -> Iterator[str]:
    for message in catalogue():
        yield from forms(message.string)
    guidance = load_guidance()
    yield from (text.en for c in guidance.contacts for text in (c.name, c.what))
    yield from (text.en for text in guidance.leaks.values())


def test_every_string_is_in_the_english_catalogue_and_no_other() -> None:
    """`scripts/translate` takes new strings into it."""
    assert len(extracted()) > 100
    known = {m.id if isinstance(m.id, str) else tuple(m.id) for m in catalogue() if m.id}
    assert known == extracted()
    assert not catalogue().obsolete


def test_no_string_is_missing_or_fuzzy_in_english() -> None:
    for message in catalogue():
        if message.id:
            assert not message.fuzzy, message.id
            assert all(forms(message.string)), message.id
            parts = [
                set(re.findall(r"%\(\w+\)s|</?\w+>", "".join(forms(text))))
                for text in (message.id, message.string)
            ]
            assert parts[0] == parts[1], message.id


def test_the_only_other_languages_are_those_of_the_pages() -> None:
    assert {p.name for p in LOCALE.iterdir() if p.is_dir()} == {ENGLISH.code}
    assert not list(LOCALE.rglob("*.mo"))


def test_french_is_set_as_french_is() -> None:
    for text in french():
        bare = re.sub(r"%\(\w+\)s|https?:\S+", "x", text)
        assert BARE.search(bare) is None, text
        assert "'" not in text, text
        assert '"' not in text, text


def test_no_text_promises_what_cannot_be_promised() -> None:
    for text in (*french(), *english()):
        assert NOT_PROMISED.search(text) is None, text
        assert "'" not in text, text


def test_no_text_stands_in_a_template_outside_the_catalogue() -> None:
    """What is left of a template without its tags and its strings is a name or a number."""
    for template in TEMPLATES.glob("*.html"):
        text = template.read_text(encoding="utf-8")
        text = re.sub(r"(?s)\{% trans.*?%\}.*?\{% endtrans %\}", "", text)
        text = re.sub(r"(?s)\{[{%#].*?[}%#]\}", "", text)
        text = re.sub(r"(?s)<[^>]*>", "", text)
        left = set(re.findall(r"[^\W\d_]{2,}", text)) - {"Concerné", "doctype", "html"}
        left -= {
            "nbsp",
            "concerne",
            "ask",
            "server",
            "URL",
            "dataset",
            "index",
            "follow",
            "noindex",
        }
        # Of the command, and what a work list says in either language.
        left -= {"check", "PATIENTS", "credential", "file", "CODE", "out", "RESULTAT"}
        left -= {"exposed", "not", "could", "be", "checked"}
        # A credential is shown in a header.
        left -= {"curl", "Authorization", "Bearer"}
        assert left == set(), template.name


def test_plurals_follow_each_language() -> None:
    one, more = "Réessayez dans %(shown)s\u00a0minute.", "Réessayez dans %(shown)s\u00a0minutes."
    for language, forms in (
        (FRENCH, [one, one, more]),
        (ENGLISH, [f"Try again in %(shown)s\u00a0{w}." for w in ("minutes", "minute", "minutes")]),
    ):
        texts = load_texts(language)
        assert [texts.ngettext(one, more, n) for n in range(3)] == forms


def test_every_contact_says_where_it_was_looked_up() -> None:
    guidance = load_guidance()
    assert guidance.looked_up == "2026-11"
    assert all(contact.source for contact in guidance.contacts)
    assert all(t.fr and t.en for c in guidance.contacts for t in (c.name, c.what))
    assert all(t.fr and t.en for t in guidance.leaks.values())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("looked_up =", "lookedup ="),
        ('"2026-11"', '"last week"'),
        ('"https://17cyber.gouv.fr/"', '"javascript:alert(1)"'),
        ('phone = "3646"', 'phone = "see the site"'),
        ("[operator]", "[operator"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, old: str, new: str) -> None:
    text = HELP_FILE.read_text(encoding="utf-8")
    assert old in text
    changed = tmp_path / "help.toml"
    changed.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidSettings, match=r"help\.toml"):
        load_guidance(changed)


# Foreground, background, least contrast: 4.5 for text, 3 for edges (WCAG 2.2, 1.4.3 and 1.4.11).
PAIRS = [
    *((ink, paper, 4.5) for ink in ("ink", "soft", "accent") for paper in ("paper", "panel")),
    ("ink", "field", 4.5),
    ("on-accent", "accent", 4.5),
    *(("wrong", paper, 4.5) for paper in ("paper", "wrong-panel", "field")),
    *((ink, "wrong-panel", 4.5) for ink in ("ink", "soft")),
    *((answer, f"{answer}-panel", 7.0) for answer in ("yes", "no", "unknown")),
    *(("edge", paper, 3.0) for paper in ("paper", "field", "wrong-panel")),
    *(("accent", paper, 3.0) for paper in ("wrong-panel", "field")),
]


def colours() -> Iterator[dict[str, str]]:
    """Yield the colours of the light scheme, then of the dark one."""
    css = (STATIC / "pages.css").read_text(encoding="utf-8")
    for block in re.findall(r":root \{(.+?)\}", css, re.DOTALL)[:2]:
        yield dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", list(colours()), ids=["light", "dark"])
def test_every_pair_of_colours_has_enough_contrast(scheme: dict[str, str]) -> None:
    for ink, paper, least in PAIRS:
        lighter, darker = sorted((luminance(scheme[ink]), luminance(scheme[paper])), reverse=True)
        contrast = (lighter + 0.05) / (darker + 0.05)
        assert contrast >= least, (ink, paper, round(contrast, 2))


def test_the_style_sheet_loads_nothing() -> None:
    css = (STATIC / "pages.css").read_text(encoding="utf-8")
    assert "url(" not in css
    assert "@import" not in css
    assert "@font-face" not in css
