"""A manifest reads back as it was written, and nothing else is read as one."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from app.encoding import canonical_json
from app.errors import CryptographyError, InvalidInput
from app.protocol.manifest import Manifest
from tests.protocol.examples import DEPLOYMENT, publish


def manifest() -> Manifest:
    return Manifest(
        program="1.2.3",
        deployment=DEPLOYMENT,
        dataset=publish([f"019900{n:04d}" for n in range(20)]).dataset,
        source_sha256=bytes(range(32)),
        source_bytes=12345,
        forgotten=2,
    )


def test_a_manifest_reads_back_as_it_was_written() -> None:
    written = manifest()
    canonical = canonical_json(written.to_json())
    assert Manifest.from_json(json.loads(canonical)) == written
    assert canonical == canonical_json(Manifest.from_json(json.loads(canonical)).to_json())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["manifest"], 2),
        (["manifest"], None),
        (["program"], 1),
        (["forgotten"], -1),
        (["source"], []),
        (["source", "bytes"], "1"),
        (["source", "sha256"], "AAAA"),
        (["deployment", "normalisation"], 99),
        (["deployment", "stretch_salt"], ""),
        (["dataset", "ends_on"], "soon"),
        (["dataset", "schemes"], {"phone": {}}),
    ],
)
def test_a_field_that_is_wrong_or_missing_is_refused(path: list[str], value: object) -> None:
    for is_missing in (False, True):
        document: dict[str, Any] = copy.deepcopy(manifest().to_json())
        inner = document
        for name in path[:-1]:
            inner = inner[name]
        if is_missing:
            del inner[path[-1]]
        else:
            inner[path[-1]] = value
        with pytest.raises((InvalidInput, CryptographyError)):
            Manifest.from_json(document)


@pytest.mark.parametrize("document", [None, [], "", 1])
def test_what_is_no_object_is_refused(document: object) -> None:
    with pytest.raises(InvalidInput):
        Manifest.from_json(document)
