"""What one holder of a leak tells another about the files that were read, so that they can compare.

It holds no identifier, and nothing that could be tried against guesses without the file: a
commitment (protocol §8) only from 1,000 entries on. It says what was read on the day of the
publication; who is taken out of the dataset later does not change it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.encoding import to_base64url
from app.errors import InvalidMessage
from app.identity.schemes import NORMALISATION_VERSION
from app.protocol.documents import bytes_of, count_of, field_of, object_of
from app.protocol.messages import (
    Json,
    dataset_from_json,
    dataset_to_json,
    deployment_from_json,
    deployment_to_json,
)
from app.protocol.parameters import DatasetParameters, DeploymentParameters

MANIFEST_KIND = "concerne-manifest+jws"
# A reader that knows of one source only would take the first of several for the whole.
VERSION_OF_ONE_SOURCE = 1
VERSION_OF_SEVERAL = 2
DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class ReadSource:
    """One source that was read to its end.

    Args:
        sha256: of its bytes.
        size_bytes: their number.
        rows: that it held.
    """

    sha256: bytes
    size_bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """One epoch of a dataset, and the sources that it came from.

    Args:
        program: version of the program that published it.
        deployment: the stretch salt, without which nobody can compute the commitment.
        dataset: dates, numbers, and per scheme coverage, entries, parameters and commitment.
        sources: in the order in which they came, one at least; their rows make up the dataset's.
        forgotten: inputs of the sources that were left out, or taken out before the last of them
            came, because somebody had asked for it. The commitments are without them.
    """

    program: str
    deployment: DeploymentParameters
    dataset: DatasetParameters
    sources: tuple[ReadSource, ...]
    forgotten: int

    def to_json(self) -> Json:
        """Write the manifest; of one source in the form that every version of it had."""
        first, *others = self.sources
        return {
            "manifest": VERSION_OF_SEVERAL if others else VERSION_OF_ONE_SOURCE,
            "program": self.program,
            "deployment": deployment_to_json(self.deployment),
            "dataset": dataset_to_json(self.dataset),
            "forgotten": self.forgotten,
            **(
                {"sources": [_source_to_json(s) | {"rows": s.rows} for s in self.sources]}
                if others
                else {"source": _source_to_json(first)}
            ),
        }

    @classmethod
    def from_json(cls, document: object) -> Manifest:
        """Read a manifest.

        Raises:
            InvalidMessage, InvalidKey, StretchRefused: it cannot be read, or speaks another
                version of the protocol or of the normalisation than this program.
        """
        fields = object_of(document, "the manifest")
        dataset = dataset_from_json(field_of(fields, "dataset", dict))
        return cls(
            program=field_of(fields, "program", str),
            deployment=deployment_from_json(
                field_of(fields, "deployment", dict), normalisation=NORMALISATION_VERSION
            ),
            dataset=dataset,
            sources=_sources_from_json(fields, dataset.rows),
            forgotten=count_of(fields, "forgotten"),
        )


def _source_to_json(source: ReadSource) -> Json:
    return {"sha256": to_base64url(source.sha256), "bytes": source.size_bytes}


def _sources_from_json(fields: Mapping[str, Any], rows: int) -> tuple[ReadSource, ...]:
    version = field_of(fields, "manifest", int)
    if version == VERSION_OF_ONE_SOURCE:
        source = object_of(field_of(fields, "source", dict), "source")
        return (_source_from_json(source, rows),)
    if version != VERSION_OF_SEVERAL:
        raise InvalidMessage("the manifest is of a version that this program does not know")
    listed = [object_of(each, "a source") for each in field_of(fields, "sources", list)]
    sources = tuple(_source_from_json(each, count_of(each, "rows")) for each in listed)
    if len(sources) < 2 or sum(source.rows for source in sources) != rows:
        raise InvalidMessage("the sources of the manifest do not make up its dataset")
    return sources


def _source_from_json(source: Mapping[str, Any], rows: int) -> ReadSource:
    return ReadSource(bytes_of(source, "sha256", DIGEST_BYTES), count_of(source, "bytes"), rows)
