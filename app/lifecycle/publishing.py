"""A filled dataset begins to answer, with a signed manifest of what was read; or is withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from app.crypto.keyring import KeyRing
from app.crypto.signing import SigningKey
from app.errors import InvalidKey, StateRefused
from app.lifecycle.ending import has_ended
from app.lifecycle.ports import DatasetStore, FilledEpoch
from app.lifecycle.states import DatasetState, check_transition
from app.protocol.manifest import MANIFEST_KIND, Manifest
from app.protocol.parameters import key_name


class Publishing:
    """Publishes and retires datasets. Whoever calls it holds the dataset's lock.

    Args:
        store: where datasets are kept.
        ring: where their keys are.
        signing_key: gives the deployment's, which is made with its first use.
        program: the version of this program.
    """

    def __init__(
        self,
        store: DatasetStore,
        ring: KeyRing,
        signing_key: Callable[[], SigningKey],
        *,
        program: str,
    ) -> None:
        self._store = store
        self._ring = ring
        self._signing_key = signing_key
        self._program = program

    def publish(self, dataset: str, *, by: str) -> None:
        """Let a filled draft, or what was retired, answer.

        Args:
            dataset: its slug.
            by: who does it, for the audit trail.

        Raises:
            UnknownDataset: there is none of that name.
            StateRefused: it is not filled, has ended, or is in a state that this cannot follow.
            KeyMissing, InvalidKey: its keys are not all there; it could not answer.
        """
        record = self._store.dataset(dataset)
        now = datetime.now(UTC)
        filled = self._store.filled_epoch(dataset, now)
        if record.state is not DatasetState.PUBLISHED or filled is None:
            check_transition(dataset, record.state, DatasetState.PUBLISHED)
        if has_ended(record.ends_on, now.date()):
            raise StateRefused(f"the dataset {dataset} ended on {record.ends_on}")
        if filled is None and record.epoch is None:
            raise StateRefused(
                f"the dataset {dataset} was never filled to its end",
                hint="ingest it again; what the run that was interrupted left goes away with it",
            )
        manifest = "" if filled is None else self._sign(filled)
        self._store.publish(dataset, by, filled, manifest)

    def retire(self, dataset: str, *, by: str) -> None:
        """Let a published dataset answer nobody; nothing of it is deleted.

        Raises:
            UnknownDataset: there is none of that name.
            StateRefused: it is not published.
        """
        self._store.retire(dataset, by)

    def _sign(self, filled: FilledEpoch) -> str:
        for scheme in filled.parameters.schemes.values():
            name = key_name(filled.parameters.dataset, scheme.scheme, scheme.epoch)
            if self._ring.load(name).public_key != scheme.public_key:
                raise InvalidKey(f"the key {name} is not the one that the entries were made with")
        manifest = Manifest(
            program=self._program,
            deployment=filled.deployment,
            dataset=filled.parameters,
            source_sha256=filled.source_sha256,
            source_bytes=filled.source_bytes,
            forgotten=filled.forgotten,
        )
        return self._signing_key().sign(MANIFEST_KIND, manifest.to_json())
