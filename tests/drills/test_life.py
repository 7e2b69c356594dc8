"""The whole life of a dataset beside a running server, each step a command of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx

from app.cli.remote import RemoteServer
from app.errors import ServerRefused
from app.protocol.messages import Answer
from tests.cli.commands import concerne, concerne_serve
from tests.ingest.examples import PHONES_TOML, phones
from tests.lifecycle.examples import found_in

MAPPING = PHONES_TOML + 'schemes = ["phone"]\npublic_schemes = ["phone"]\n'
RENEW_SECONDS = "0.1"
GONE, STAYS, NEVER = "01 99 00 00 03", "01 99 00 00 04", "01 99 00 99 99"


def asked(remote: RemoteServer, phone: str) -> Answer | int | None:
    """Ask both ways; return the one answer, or the status of the refusal.

    None where the two differ: what is published was reread between them.
    """
    answers: set[Answer | int] = set()
    for way in (remote.ask_privately, remote.ask_plainly):
        try:
            answers.add(way("demo", "phone", {"phone": phone}))
        except ServerRefused as refusal:
            answers.add(refusal.status)
    return answers.pop() if len(answers) == 1 else None


def settled(ask: Callable[[], Answer | int | None], expected: Answer | int) -> bool:
    deadline = time.monotonic() + 30
    while ask() != expected:
        if time.monotonic() > deadline:
            return False
        time.sleep(float(RENEW_SECONDS))
    return True


def test_every_step_shows_outside_and_none_reads_as_not_exposed(tmp_path: Path) -> None:
    data, source, mapping = tmp_path / "data", tmp_path / "leak.csv", tmp_path / "mapping.toml"
    source.write_bytes(phones(600))
    mapping.write_text(MAPPING, encoding="utf-8")

    def run(*arguments: str | Path, typed: str = "") -> str:
        ended = concerne(*arguments, data=data, stdin=typed.encode())
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.decode()

    run("ingest", source, "--dataset", "demo", "--mapping", mapping, "--draft")
    log = tmp_path / "serve.log"
    with (
        concerne_serve(data, log, CONCERNE_RENEW_SECONDS=RENEW_SECONDS) as url,
        RemoteServer(url) as remote,
        httpx.Client(base_url=url, timeout=30) as http,
    ):
        assert asked(remote, GONE) == 404
        run("dataset", "publish", "demo")
        assert settled(lambda: asked(remote, GONE), Answer.EXPOSED)
        assert asked(remote, NEVER) is Answer.NOT_EXPOSED

        ranges = "/v1/datasets/demo/schemes/phone/ranges/{}?epoch=1"
        before = [http.get(ranges.format(prefix)) for prefix in range(2)]
        assert "taken out of 1" in run("dataset", "forget", "demo", typed=f"{GONE}\n")
        assert settled(lambda: asked(remote, GONE), Answer.NOT_EXPOSED)
        assert asked(remote, STAYS) is Answer.EXPOSED
        changed = 0
        for prefix, old in enumerate(before):
            cached = {"If-None-Match": old.headers["etag"]}
            new = http.get(ranges.format(prefix), headers=cached)
            assert new.status_code == 200, "a cache must not go on saying that they are exposed"
            assert len(new.content) == len(old.content)
            changed += new.content != old.content
        assert changed == 1

        run("dataset", "retire", "demo")
        assert settled(lambda: asked(remote, STAYS), 404)
        run("dataset", "publish", "demo")
        assert settled(lambda: asked(remote, STAYS), Answer.EXPOSED)
        assert asked(remote, GONE) is Answer.NOT_EXPOSED
        published = {
            old.content[i : i + 8] for old in before for i in range(0, len(old.content), 8)
        }
        run("dataset", "erase", "demo", "--yes")
        assert settled(lambda: asked(remote, STAYS), 404)
    assert found_in(data, published) == 0
    assert "events hold" in run("audit", "verify")
