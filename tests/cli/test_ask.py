"""`concerne ask`: identifiers from a prompt, the answer in a word and in the exit code."""

from __future__ import annotations

from pathlib import Path

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
