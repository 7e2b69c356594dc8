"""Taking one person out at their request, and knowing them again without knowing who they are.

The identifiers are stretched and evaluated, once, and forgotten with the call. What stays is a
keyed token for each scheme that they could be asked by, whether or not there was an entry: a later
source may hold one. A token does not say where they were, but is known again in that dataset alone:
another leak that holds them answers that they are exposed, which they and their laboratory need to
know. Only whoever objects to every leak, and was told that each answers "not exposed" then, has
tokens that hold in all of them; so do tokens that were made before there was a choice.
A database restored from a copy that was made before holds them again, and has no token.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.crypto import oprf
from app.crypto.keyring import KeyRing
from app.crypto.stretch import Stretched, StretchProfile, stretch
from app.crypto.suppression import Suppressed, SuppressionKey
from app.errors import InvalidInput, InvalidKey
from app.identity.schemes import scheme_named
from app.lifecycle.ports import ForgettingStore, IndexRecord, Removal, Token
from app.protocol.fingerprints import Locator
from app.protocol.parameters import key_name
from app.protocol.server import encode_identifier


@dataclass(frozen=True, slots=True)
class ForgettingReport:
    """What was done for one person, without who it was.

    Args:
        asked: the schemes that their identifiers serve, in the dataset's order.
        taken_out: those under which there was an entry.
    """

    asked: tuple[str, ...]
    taken_out: frozenset[str]


class Forgetting:
    """Takes people out. Whoever calls it holds the dataset's lock, and the one against ingests.

    Args:
        store: where entries, ranges and tokens are.
        ring: where the evaluation keys are.
        folder: the key ring's, where the suppression key is.
    """

    def __init__(self, store: ForgettingStore, ring: KeyRing, folder: Path) -> None:
        self._store = store
        self._ring = ring
        self._folder = folder

    def forget(
        self, dataset: str, fields: Mapping[str, str], *, by: str, in_every_leak: bool = False
    ) -> ForgettingReport:
        """Take one person out of every epoch of a dataset, also of one that is not whole yet.

        Args:
            dataset: its slug.
            fields: raw text by field name; a scheme is served if all of its fields are there.
            by: who does it, for the audit trail.
            in_every_leak: no other dataset takes them in from now on, either.

        Raises:
            UnknownDataset, StateRefused: there is no such dataset, or nothing in it.
            InvalidField: a field is refused; nothing was changed.
            InvalidInput: the fields serve none of the dataset's schemes.
            KeyMissing, InvalidKey: a key is not to be had; nothing was changed.
        """
        indexes = [i for i in self._store.indexes(dataset) if _is_served(i.scheme, fields)]
        if not indexes:
            raise InvalidInput(
                f"these fields serve none of the schemes of the dataset {dataset}",
                hint="give every field of at least one of them",
            )
        inputs = {i.scheme: _encode(i.scheme, fields) for i in indexes}
        suppression = suppression_key(self._store, self._folder)
        salt = self._store.deployment().stretch_salt
        where = None if in_every_leak else dataset
        removals: list[Removal] = []
        tokens: list[Token] = []
        for index in indexes:
            stretched = stretch(index.stretch, salt, inputs[index.scheme])
            removals.append(self._removal(dataset, index, stretched))
            tokens.append(Token(suppression.token(stretched, where), suppression.id, index.stretch))
        taken_out = self._store.forget(dataset, by, removals, tokens)
        self._store.scrub()
        return ForgettingReport(tuple(inputs), taken_out)

    def _removal(self, dataset: str, index: IndexRecord, stretched: Stretched) -> Removal:
        name = key_name(dataset, index.scheme, index.epoch)
        key = self._ring.load(name)
        if key.public_key != index.public_key:
            # Another key gives another element, which is never there: a false "was not in it".
            raise InvalidKey(f"the key {name} is not the one that the entries were made with")
        element = oprf.evaluate(key, stretched)
        location = Locator(dataset, index.scheme, index.prefix_bits).locate(element)
        return Removal(index.scheme, index.epoch, element, location)


def suppression_key(store: ForgettingStore, folder: Path) -> SuppressionKey:
    """Return the deployment's suppression key, made if nobody was ever forgotten.

    Raises:
        KeyMissing, InvalidKey: it is not the one that the tokens were made with.
    """
    first = next(store.tokens(), None)
    if first is None:
        return SuppressionKey.create(folder)
    key = SuppressionKey.load(folder)
    _check_same(key, first)
    return key


def suppressed(store: ForgettingStore, folder: Path) -> Suppressed | None:
    """Return whom an ingest must leave out, or None when nobody was ever forgotten.

    Raises:
        KeyMissing, InvalidKey: it cannot be known; an ingest would take them in again.
    """
    by_profile: defaultdict[StretchProfile, set[bytes]] = defaultdict(set)
    key: SuppressionKey | None = None
    for token in store.tokens():
        key = key or SuppressionKey.load(folder)
        _check_same(key, token)
        by_profile[token.profile].add(token.token)
    if key is None:
        return None
    salt = store.deployment().stretch_salt
    return Suppressed(key, salt, {p: frozenset(t) for p, t in by_profile.items()})


def _check_same(key: SuppressionKey, token: Token) -> None:
    if key.id != token.key_id:
        raise InvalidKey(
            "the suppression key is not the one by which forgotten people are known",
            hint="restore it from where the keys are kept",
        )


def _is_served(scheme: str, fields: Mapping[str, str]) -> bool:
    return all(name in fields for name in scheme_named(scheme).fields)


def _encode(scheme: str, fields: Mapping[str, str]) -> bytes:
    return encode_identifier(scheme, {name: fields[name] for name in scheme_named(scheme).fields})
