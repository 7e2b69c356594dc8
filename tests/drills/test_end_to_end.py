"""The whole product with real processes: synthesise, ingest, serve, and ask about everyone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.remote import RemoteServer
from app.identity.schemes import SCHEMES
from app.protocol.messages import Answer
from tests.cli.commands import concerne, concerne_serve

ROWS = 150


@pytest.mark.slow
def test_everyone_in_the_truth_gets_the_right_answer_both_ways(tmp_path: Path) -> None:
    """Some 1,200 people by five schemes, plainly and privately: that is why it takes its time."""
    data, leak, truth = tmp_path / "data", tmp_path / "leak.csv", tmp_path / "truth.jsonl"
    mapping = tmp_path / "mapping.toml"
    made = concerne(
        "synthesise", "--rows", ROWS, "--seed", 3, "--out", leak, "--truth", truth,
        "--mapping", mapping, data=data,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    every = json.dumps(list(SCHEMES))
    text = mapping.read_text(encoding="utf-8")
    opened = text.replace('public_schemes = ["nir-dob"]', f"public_schemes = {every}")
    assert opened != text
    mapping.write_text(opened, encoding="utf-8")
    filled = concerne("ingest", leak, "--dataset", "demo", "--mapping", mapping, data=data)
    assert filled.returncode == 0, filled.stderr

    lines = [json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines()]
    asked = dict.fromkeys(((s, e) for s in SCHEMES for e in (True, False)), 0)
    with concerne_serve(data, tmp_path / "serve.log") as url, RemoteServer(url) as remote:
        for fields in lines:
            scheme, exposed = fields.pop("scheme"), fields.pop("exposed")
            expected = Answer.of(is_exposed=exposed)
            assert remote.ask_plainly("demo", scheme, fields) is expected
            assert remote.ask_privately("demo", scheme, fields) is expected
            asked[scheme, exposed] += 1
    assert all(asked[scheme, True] == asked[scheme, False] > 0 for scheme in SCHEMES)
