"""The drafts for counsel say that they are drafts, and have what the law lists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.cli.main import app
from tests.test_readme import first_sentences

ROOT = Path(__file__).parent.parent
LEGAL = ROOT / "deploy" / "legal"
DRAFTS = sorted(LEGAL.glob("*/*.md"))
CONTRACTS = (
    LEGAL / "fr" / "contrat-de-sous-traitance.md",
    LEGAL / "en" / "processing-contract.md",
)


@pytest.mark.parametrize("path", DRAFTS, ids=lambda path: path.name)
def test_every_draft_says_so_before_anything_else(path: Path) -> None:
    assert len(DRAFTS) == 6
    marked = path.read_text(encoding="utf-8").split("\n\n")[1]
    assert re.match(r"> \*\*(PROJET pour le conseil|DRAFT for counsel)\.\*\*", marked)


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.name)
def test_a_contract_has_the_eight_clauses_in_their_order(path: Path) -> None:
    """GDPR, Article 28(3)(a) to (h)."""
    letters = re.findall(r"^\*\*([a-z])\) ", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert letters == list("abcdefgh")


def test_both_languages_assess_the_same_risks() -> None:
    texts = [
        (LEGAL / "fr" / "analyse-d-impact.md").read_text(encoding="utf-8"),
        (LEGAL / "en" / "impact-assessment.md").read_text(encoding="utf-8"),
    ]
    french, english = (set(re.findall(r"^\| (R\d)", text, re.MULTILINE)) for text in texts)
    assert french == english
    assert len(french) == 9


@pytest.mark.parametrize("path", [LEGAL / "README.md", *DRAFTS], ids=lambda path: path.name)
def test_what_a_draft_names_is_there(path: Path) -> None:
    """Links, files, tests and commands."""
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (path.parent / target).exists(), target
    for named in re.findall(r"`([\w/.-]+/[\w/.-]*|README\.md)`", text):
        assert (ROOT / named).exists(), named
    for command in re.findall(r"`concerne ([\w -]+)`", text):
        assert command in first_sentences(app)
