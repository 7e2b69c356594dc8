"""A manifest reads back as it was written, and nothing else is read as one."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest

from app.encoding import canonical_json, to_base64url
from app.errors import CryptographyError, InvalidInput
from app.protocol.manifest import Manifest, ReadSource
from tests.protocol.examples import DEPLOYMENT, publish

DATASET = publish([f"019900{n:04d}" for n in range(20)]).dataset


def manifest() -> Manifest:
    return Manifest(
        program="1.2.3",
        deployment=DEPLOYMENT,
        dataset=DATASET,
        sources=(ReadSource(bytes(range(32)), 12345, DATASET.rows),),
        forgotten=2,
    )


def of_several() -> Manifest:
    rows = (DATASET.rows - 3, 0, 3)
    sources = (ReadSource(bytes([n] * 32), 100 + n, each) for n, each in enumerate(rows))
    return replace(manifest(), sources=tuple(sources))


@pytest.mark.parametrize("written", [manifest(), of_several()], ids=["one", "several"])
def test_a_manifest_reads_back_as_it_was_written(written: Manifest) -> None:
    canonical = canonical_json(written.to_json())
    assert Manifest.from_json(json.loads(canonical)) == written
    assert canonical == canonical_json(Manifest.from_json(json.loads(canonical)).to_json())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["manifest"], 3),
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


def test_one_source_is_told_as_it_always_was() -> None:
    """Older programs read it, and what they wrote is read: without the source's rows."""
    document = manifest().to_json()
    assert document["manifest"] == 1
    assert document["source"] == {"sha256": to_base64url(bytes(range(32))), "bytes": 12345}
    assert "sources" not in document
    assert Manifest.from_json(document).sources[0].rows == DATASET.rows


def test_several_sources_are_refused_by_who_knows_of_one_only() -> None:
    document = of_several().to_json()
    assert document["manifest"] == 2
    assert "source" not in document


def test_sources_that_do_not_make_up_the_dataset_are_refused() -> None:
    for change in (
        lambda sources: sources[:1],
        lambda sources: [],
        lambda sources: sources[1:],
        lambda sources: [sources[0] | {"rows": sources[0]["rows"] + 1}, *sources[1:]],
        lambda sources: [*sources, []],
        lambda sources: [{"sha256": s["sha256"], "bytes": s["bytes"]} for s in sources],
    ):
        document: dict[str, Any] = copy.deepcopy(of_several().to_json())
        document["sources"] = change(document["sources"])
        with pytest.raises(InvalidInput):
            Manifest.from_json(document)


@pytest.mark.parametrize("document", [None, [], "", 1])
def test_what_is_no_object_is_refused(document: object) -> None:
    with pytest.raises(InvalidInput):
        Manifest.from_json(document)
