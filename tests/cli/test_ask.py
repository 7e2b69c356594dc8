"""`concerne ask`: identifiers from a prompt, the answer in a word and in the exit code."""

from __future__ import annotations

from pathlib import Path

from app.settings import Settings
from tests.cli.commands import concerne
from tests.conftest import DATASET, Leak
from tests.serving import serving_settings


def test_the_exit_code_tells_the_answer_and_a_failure_is_neither(
    leak: Leak, tmp_path: Path
) -> None:
    with serving_settings(leak.settings()) as client:
        command = ("ask", "--server", str(client.base_url), "--dataset", DATASET)
        ended = []
        for exposed in (True, False):
            line = leak.lines("nir-dob", exposed=exposed)[0]
            typed = f"{line['nir']}\n{line['birth_date']}\n".encode()
            ended.append(concerne(*command, data=tmp_path, stdin=typed))
        ended.append(concerne(*command, data=tmp_path, stdin=b"12\n1985-05-12\n"))
        ended.append(concerne(*command, data=tmp_path, stdin=b""))
    assert [e.returncode for e in ended] == [1, 0, 2, 2]
    assert [e.stdout for e in ended] == [b"exposed\n", b"not exposed\n", b"", b""]
    assert b"error: " in ended[2].stderr
    gone = concerne(*command, data=tmp_path, stdin=b"1850556950048\n1985-05-12\n")
    assert gone.returncode == 3
    assert b"1850556950048" not in gone.stderr


def test_every_public_scheme_that_a_card_serves_is_asked(
    leak: Leak, several: Settings, tmp_path: Path
) -> None:
    """The number of somebody exposed, with another birth date: by number alone it is a yes."""
    nir = leak.lines("nir", exposed=True)[0]["nir"]
    with serving_settings(several) as client:
        ended = {}
        for name, typed in (
            ("first", f"{nir}\n1901-02-03\n"),
            ("second", f"{nir}\n"),
            ("both", f"{nir}\n1901-02-03\n"),
            ("third", ""),
        ):
            command = ("ask", "--server", str(client.base_url), "--dataset", name)
            ended[name] = concerne(*command, data=tmp_path, stdin=typed.encode())
    codes = {name: done.returncode for name, done in ended.items()}
    assert codes == {"first": 0, "second": 1, "both": 1, "third": 2}
    assert b"with a health card" in ended["third"].stderr
