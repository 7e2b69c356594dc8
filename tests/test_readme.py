"""The README agrees with the program."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
import typer
import typer.main

from app.cli.commands.ingest import ingest
from app.cli.main import app
from app.reading.mapping import parse_mapping
from app.reading.sources.settings import ENCODINGS, FORMATS, SOURCE_KEYS
from app.reading.variants.rules import RULES
from app.settings import PREFIX, Settings
from app.synthesis.mapping import MAPPING_TOML
from app.web.app import create_app
from app.web.main import wire
from tests.conftest import cheap_settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def settings_table() -> str:
    """Return the table of settings as the model has it."""
    rows = ["| setting | default | what |", "| --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = f"`{field.default}`" if field.default not in ((), None) else "none"
        rows.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)


def test_the_table_of_settings_is_the_models() -> None:
    assert settings_table() in README


def first_sentences(group: typer.Typer, prefix: str = "") -> dict[str, str]:
    """Return each command's full name with the first sentence of its help."""
    found = {
        prefix + str(command.name): " ".join(
            (command.callback.__doc__ or "").split("\n\n")[0].split()
        )
        for command in group.registered_commands
        if command.callback is not None
    }
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        found |= first_sentences(inner.typer_instance, f"{prefix}{inner.typer_instance.info.name} ")
    return found


def test_every_command_is_listed_with_its_own_first_sentence() -> None:
    listed = dict(re.findall(r"^\| `concerne ([\w -]+)` \| (.+) \|$", README, re.MULTILINE))
    assert listed == first_sentences(app)
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group has them
    assert set(known) == {name.split()[0] for name in listed}


def test_the_mapping_in_it_is_accepted() -> None:
    (block,) = re.findall(r"```toml\n(.+?)```", README, re.DOTALL)
    assert parse_mapping(block).fields == parse_mapping(MAPPING_TOML).fields


@pytest.mark.parametrize("key", SOURCE_KEYS)
def test_every_key_that_tells_the_form_of_a_source_is_named(key: str) -> None:
    assert f"`{key}`" in README or f"{key} = " in README


@pytest.mark.parametrize("word", sorted({*FORMATS, *ENCODINGS, *RULES}))
def test_every_word_of_a_mapping_is_named(word: str) -> None:
    assert re.search(rf"""[`"]{word}[`"]|(?:, |or ){word}\b""", README)


def test_every_option_of_an_ingest_is_named() -> None:
    options = re.findall(r'"(--[a-z-]+)"', inspect.getsource(ingest))
    assert len(options) > 5
    assert {option for option in options if option not in README} == set()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_every_script_is_named() -> None:
    scripts = {p.name for p in (ROOT / "scripts").iterdir() if p.is_file() and p.name[0] != "."}
    assert {name for name in scripts if f"scripts/{name}" not in README} == set()


def test_every_route_is_listed(tmp_path: Path) -> None:
    listed = set(re.findall(r"`(?:GET|POST) (/\S+)`", README))
    described = set(create_app(wire(cheap_settings(tmp_path))).openapi()["paths"])
    assert described <= listed
