"""People are given credentials, listed, revoked and given others from the command line."""

from __future__ import annotations

import re
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.cli.main import main
from app.clients.registry import Registry
from app.errors import CredentialRefused
from app.protocol.credentials import Credential
from app.storage.clients import SqlClientStore
from app.storage.engine import open_database
from tests.cli.test_dataset import Cli, cli, folder  # noqa: F401 fixtures

WHO = ("--person", "Zoé Martin", "--organisation", "Laboratoire inventé", "--role", "lab")
ADD = ("client", "add", *WHO, "--schemes", "nir-dob, nir", "--quota", "1000")


def is_taken(cli: Cli, text: str) -> bool:  # noqa: F811 the fixture
    """Tell whether a credential is taken, as a server would find it."""
    engine = open_database(cli.folder / "data")
    try:
        Registry(SqlClientStore(engine)).authenticate(text.strip().encode())
    except CredentialRefused:
        return False
    finally:
        engine.dispose()
    return True


def days_away(days: int) -> str:
    return str(datetime.now(UTC).date() + timedelta(days=days))


def test_a_credential_is_printed_alone_and_once(cli: Cli) -> None:  # noqa: F811
    text = cli(*ADD, "--by", "Ana")
    assert re.fullmatch(r"concerne_[A-Za-z0-9_-]{48}\n", text)
    assert Credential.parse(text.strip()).text == text.strip()
    assert is_taken(cli, text)
    for command in ("client", "audit"):
        assert text.strip() not in cli(command, "list")
    assert "Ana  client added  client 1, quota 1,100, schemes 2\n" in cli("audit", "list")
    assert "1 events hold" in cli("audit", "verify")


def test_what_was_given_is_told_beside_it(
    cli: Cli,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*ADD]) == 0
    told = capsys.readouterr().err
    assert "client 1: Zoé Martin, Laboratoire inventé (lab)" in told
    assert "nir-dob: 1,100 (1,000 and 10 %), of which 0 are spent" in told
    assert f"refused from {days_away(90)} on (UTC)" in told


def test_a_credential_goes_into_a_file_for_its_owner_alone(cli: Cli, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "credential"
    assert cli(*ADD, "--credential-file", file) == ""
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert is_taken(cli, text)
    assert "cannot be made" in cli(*ADD, "--credential-file", file, code=2)
    assert file.read_text() == text
    nobody = tmp_path / "nobody"
    refused = (*ADD[:-3], "email,none", "--quota", "1", "--credential-file", nobody)
    assert "no scheme" in cli(*refused, code=2)
    assert not nobody.exists()
    assert len(cli("client", "list").splitlines()) == 2


def test_the_list_says_who_may_ask_what_and_until_when(cli: Cli) -> None:  # noqa: F811
    cli(*ADD, "--expires", days_away(20), "--margin", "0")
    cli("client", "add", "--person", "Ana Roy", "--organisation", "Le Journal", "--role",
        "journalist", "--schemes", "nir", "--quota", "5")  # fmt: skip
    cli("client", "revoke", "2")
    head, one, two = (re.split(r"  +", line) for line in cli("client", "list").splitlines())
    assert head == [
        "CLIENT", "PERSON", "ORGANISATION", "ROLE", "STATE", "EXPIRES", "SPENT OF QUOTA"
    ]  # fmt: skip
    assert one == [
        "1", "Zoé Martin", "Laboratoire inventé", "lab", "active", days_away(20),
        "nir-dob 0/1,000, nir 0/1,000",
    ]  # fmt: skip
    assert two == [
        "2", "Ana Roy", "Le Journal", "journalist", "revoked", days_away(90), "nir 0/6"
    ]  # fmt: skip


def test_who_is_revoked_is_refused_and_stays_so(cli: Cli) -> None:  # noqa: F811
    text = cli(*ADD)
    assert cli("client", "revoke", "1", "--by", "Ana") == "client 1 is revoked\n"
    assert not is_taken(cli, text)
    assert "was revoked" in cli("client", "revoke", "1", code=2)
    assert "was revoked" in cli("client", "rotate", "1", code=2)
    assert "Ana  client revoked  client 1\n" in cli("audit", "list")


def test_a_rotation_gives_another_and_ends_the_one_before(cli: Cli) -> None:  # noqa: F811
    old = cli(*ADD)
    new = cli("client", "rotate", "1")
    assert (is_taken(cli, old), is_taken(cli, new)) == (False, True)
    newer = cli("client", "rotate", "1", "--quota", "50", "--margin", "20", "--expires",
                days_away(200))  # fmt: skip
    assert (is_taken(cli, new), is_taken(cli, newer)) == (False, True)
    listed = cli("client", "list")
    assert "nir-dob 0/60, nir 0/60" in listed
    assert days_away(200) in listed
    assert "credential rotated  client 1, quota 60\n" in cli("audit", "list")


@pytest.mark.parametrize(
    "wrong",
    [
        ("--expires", "2020-01-01"),
        ("--expires", days_away(400)),
        ("--expires", "1/2/2027"),
        ("--quota", "0"),
        ("--margin", "101"),
        ("--role", "anybody"),
        ("--schemes", "nir,nir"),
        ("--schemes", ""),
        ("--person", " "),
        ("--organisation", "x" * 101),
    ],
)
def test_what_is_wrong_gives_nobody_anything(cli: Cli, wrong: tuple[str, str]) -> None:  # noqa: F811
    cli(*ADD, *wrong, code=2)
    assert len(cli("client", "list").splitlines()) == 1


@pytest.mark.parametrize("number", ["9", "0", "1850556950048", "x"])
def test_a_client_who_is_not_there_is_not_named(cli: Cli, number: str) -> None:  # noqa: F811
    for command in ("revoke", "rotate"):
        told = cli("client", command, number, code=2)
        assert "1850556950048" not in told
