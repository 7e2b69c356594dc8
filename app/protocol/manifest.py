"""What one holder of a leak tells another about the file that was read, so that they can compare.

It holds no identifier, and nothing that could be tried against guesses without the file: a
commitment (protocol §8) only from 1,000 entries on. It says what was read on the day of the
publication; who is taken out of the dataset later does not change it.
"""

from __future__ import annotations

from dataclasses import dataclass

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
MANIFEST_VERSION = 1
DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class Manifest:
    """One epoch of a dataset, and the source that it came from.

    Args:
        program: version of the program that published it.
        deployment: the stretch salt, without which nobody can compute the commitment.
        dataset: dates, numbers, and per scheme coverage, entries, parameters and commitment.
        source_sha256: of the source's bytes.
        source_bytes: their number.
        forgotten: inputs of the source that were left out because somebody had asked for it. The
            entries and commitments are without them.
    """

    program: str
    deployment: DeploymentParameters
    dataset: DatasetParameters
    source_sha256: bytes
    source_bytes: int
    forgotten: int

    def to_json(self) -> Json:
        """Write the manifest."""
        return {
            "manifest": MANIFEST_VERSION,
            "program": self.program,
            "deployment": deployment_to_json(self.deployment),
            "dataset": dataset_to_json(self.dataset),
            "source": {"sha256": to_base64url(self.source_sha256), "bytes": self.source_bytes},
            "forgotten": self.forgotten,
        }

    @classmethod
    def from_json(cls, document: object) -> Manifest:
        """Read a manifest.

        Raises:
            InvalidMessage, InvalidKey, StretchRefused: it cannot be read, or speaks another
                version of the protocol or of the normalisation than this program.
        """
        fields = object_of(document, "the manifest")
        if field_of(fields, "manifest", int) != MANIFEST_VERSION:
            raise InvalidMessage("the manifest is of a version that this program does not know")
        source = object_of(field_of(fields, "source", dict), "source")
        return cls(
            program=field_of(fields, "program", str),
            deployment=deployment_from_json(
                field_of(fields, "deployment", dict), normalisation=NORMALISATION_VERSION
            ),
            dataset=dataset_from_json(field_of(fields, "dataset", dict)),
            source_sha256=bytes_of(source, "sha256", DIGEST_BYTES),
            source_bytes=count_of(source, "bytes"),
            forgotten=count_of(fields, "forgotten"),
        )
