"""One way to say where and how, in the environment or in a file, under the same names."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.crypto.stretch import OWASP_19_MIB
from app.errors import InvalidSettings
from app.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [n for n in os.environ if n.startswith("CONCERNE_")]:
        monkeypatch.delenv(name)


def test_the_defaults_are_the_safe_ones() -> None:
    settings = load_settings()
    assert settings.host == "127.0.0.1"
    assert settings.profile == OWASP_19_MIB
    assert settings.trusted_proxies == ()
    assert "unlimited" not in [getattr(settings, n) for n in Settings.model_fields if "limit" in n]


def test_the_environment_and_the_file_say_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "concerne.toml"
    config.write_text('data = "/srv/a"\nport = 81\ntrusted_proxies = ["10.0.0.0/8"]\n')
    from_file = load_settings(config)
    monkeypatch.setenv("CONCERNE_DATA", "/srv/a")
    monkeypatch.setenv("CONCERNE_PORT", "81")
    monkeypatch.setenv("CONCERNE_TRUSTED_PROXIES", "10.0.0.0/8")
    assert load_settings() == from_file


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "concerne.toml"
    config.write_text('data = "/file"\nport = 81\n')
    monkeypatch.setenv("CONCERNE_CONFIG", str(config))
    monkeypatch.setenv("CONCERNE_PORT", "82")
    settings = load_settings(data=Path("/argument"))
    assert (settings.data, settings.port) == (Path("/argument"), 82)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("STRETCH_PROFILE", "none"),
        ("LIMIT_LOOKUPS", "many"),
        ("LIMIT_DATASET", ""),
        ("TRUSTED_PROXIES", "*"),
        ("TRUSTED_PROXIES", "example"),
        ("RENEW_SECONDS", "0"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"CONCERNE_{name}", value)
    with pytest.raises(InvalidSettings, match=name.lower()):
        load_settings()


def test_an_unknown_name_is_refused_with_those_that_exist(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A limit that is misspelt must not be silently absent."""
    monkeypatch.setenv("CONCERNE_LIMIT_LOOKUP", "1/hour")
    with pytest.raises(InvalidSettings, match="limit_lookup") as refusal:
        load_settings()
    assert "limit_lookups" in refusal.value.hint
    monkeypatch.delenv("CONCERNE_LIMIT_LOOKUP")
    config = tmp_path / "c.toml"
    config.write_text("colour = 1\n")
    with pytest.raises(InvalidSettings, match="colour"):
        load_settings(config)


@pytest.mark.parametrize("text", ["data = ", "\xff"])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, text: str) -> None:
    config = tmp_path / "c.toml"
    config.write_text(text, encoding="latin-1")
    with pytest.raises(InvalidSettings, match="not TOML"):
        load_settings(config)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="cannot be read"):
        load_settings(tmp_path / "none.toml")


def test_settings_do_not_change() -> None:
    from pydantic import ValidationError

    settings = load_settings()
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]  # which is the point
