"""The three questions: evaluate a blinded batch, read a range, look an identifier up in clear.

None of them logs, counts hits or remembers. Limits come before, at the edge. What a client's quota
has to give comes as `admit`, which is called with what was found acceptable and before anything is
computed of it, and refuses by raising.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial

from app.crypto.ristretto255 import Element
from app.crypto.stretch import stretch
from app.errors import EpochGone, InvalidInput, SchemeNotPermitted
from app.exposure.catalogue import Catalogue, Index
from app.exposure.ports import KeyHolder
from app.exposure.stretching import BoundedPool
from app.protocol.messages import Answer, EvaluationAnswer, blinded_from_json
from app.protocol.parameters import PUBLIC_BATCH_MAXIMUM
from app.protocol.server import answer_lookup, encode_identifier


@dataclass(frozen=True, slots=True)
class LookupAnswer:
    """The answer to a plain lookup, with the epoch that gave it."""

    dataset: str
    scheme: str
    epoch: int
    answer: Answer


class Answering:
    """Answers the public, and clients, about what is published.

    Args:
        catalogue: what is published.
        key_holder: who computes with the keys.
        pool: where plain lookups are stretched.
    """

    def __init__(self, catalogue: Catalogue, key_holder: KeyHolder, pool: BoundedPool) -> None:
        self.catalogue = catalogue
        self._key_holder = key_holder
        self._pool = pool

    def public_index(self, dataset: str, scheme: str) -> Index:
        """Return an index that everybody may ask.

        Raises:
            UnknownDataset, UnknownScheme: there is none.
            SchemeNotPermitted: only named laboratories may ask it.
        """
        index = self.catalogue.index(dataset, scheme)
        if not index.parameters.public:
            raise SchemeNotPermitted(
                "this scheme is not open to the public for this dataset",
                hint="ask by one of the dataset's public schemes",
            )
        return index

    def granted_index(self, dataset: str, scheme: str, granted: Container[str]) -> Index:
        """Return an index that a client may ask, public or not.

        Args:
            dataset: its slug.
            scheme: its name.
            granted: the client's schemes.

        Raises:
            UnknownDataset, UnknownScheme: there is none.
            SchemeNotPermitted: the scheme is not one of the client's.
        """
        index = self.catalogue.index(dataset, scheme)
        if index.parameters.scheme not in granted:
            raise SchemeNotPermitted(
                "this scheme was not granted to this credential",
                hint="ask whoever runs this site; what is public is asked without a credential",
            )
        return index

    def evaluate(
        self,
        index: Index,
        blinded: Sequence[str],
        *,
        maximum: int = PUBLIC_BATCH_MAXIMUM,
        admit: Callable[[Sequence[Element]], None] | None = None,
    ) -> EvaluationAnswer:
        """Evaluate a batch of blinded elements, base64url.

        Args:
            index: of `public_index` or `granted_index`.
            blinded: the elements.
            maximum: how many at most.
            admit: see above.

        Raises:
            BatchMismatch, InvalidMessage, InvalidElement, IdentityElement: the batch is refused.
            Unavailable: the key is not to be had.
        """
        decoded = blinded_from_json(list(blinded), maximum=maximum)
        if admit is not None:
            admit(decoded)
        return self._key_holder.evaluate(index.key_name, index.parameters.epoch, decoded)

    def check_epoch(self, index: Index, epoch: int) -> None:
        """Check that an epoch is the one that answers.

        Raises:
            EpochGone: it is not.
        """
        if epoch != index.parameters.epoch:
            raise EpochGone(
                "this epoch is not the current one", hint="begin again with the current epoch"
            )

    def check_range(self, index: Index, prefix: int, epoch: int) -> None:
        """Check that a range can be asked for.

        Raises:
            EpochGone: `epoch` is not the current one.
            InvalidInput: the prefix is not one of the index's.
        """
        self.check_epoch(index, epoch)
        if not 0 <= prefix < 2**index.parameters.prefix_bits:
            raise InvalidInput(f"a prefix is 0 to {2**index.parameters.prefix_bits - 1:,}")

    def lookup(
        self, index: Index, fields: Mapping[str, str], *, admit: Callable[[], None] | None = None
    ) -> Future[LookupAnswer]:
        """Look an identifier up in clear; the identifier is forgotten with the answer.

        Args:
            index: of `public_index` or `granted_index`.
            fields: the identifier's, as they were sent.
            admit: see above; called once there is capacity, by who computes.

        Raises:
            InvalidField: at once, before anything is computed.
            Busy: at once, when there is no capacity.
        """
        encoded = encode_identifier(index.parameters.scheme, fields)
        salt = self.catalogue.deployment.stretch_salt
        return self._pool.submit(partial(self._lookup, index, salt, encoded, admit))

    def close(self) -> None:
        """Finish what is being computed, and compute no more."""
        self._pool.close()

    def _lookup(
        self, index: Index, salt: bytes, encoded: bytes, admit: Callable[[], None] | None
    ) -> LookupAnswer:
        if admit is not None:
            admit()
        parameters = index.parameters
        location = self._key_holder.locate(
            index.key_name,
            index.dataset,
            parameters.scheme,
            parameters.prefix_bits,
            stretch(parameters.stretch, salt, encoded),
        )
        answer = answer_lookup(index.read_range(location.prefix), location)
        return LookupAnswer(index.dataset, parameters.scheme, parameters.epoch, answer)
