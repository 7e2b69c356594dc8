"""The use cases of a dataset's life, over the database and the key ring that settings name."""

from __future__ import annotations

import os
import pwd
from functools import cached_property, partial
from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import InvalidInput
from app.version import program_version

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Engine

    from app.clients.registry import Registry
    from app.crypto.keyring import KeyRing
    from app.crypto.signing import SigningKey
    from app.ingest.pipeline import Ingest
    from app.ingest.ports import Observer
    from app.lifecycle.clearing import Clearing
    from app.lifecycle.erasure import Erasing, Sweeping
    from app.lifecycle.forgetting import Forgetting
    from app.lifecycle.publishing import Publishing
    from app.reading.rejects import RejectLimit, RejectReport
    from app.settings import Settings
    from app.storage.datasets import SqlDatasetStore

SlugArgument = Annotated[str, typer.Argument(help="The dataset's short name.", metavar="SLUG")]
ByOption = Annotated[
    str | None,
    typer.Option("--by", help="Who does it, for the audit trail; otherwise your user name."),
]
_NAME_CHARACTERS_MAXIMUM = 100


def person(by: str | None) -> str:
    """Return who does something: the name given, or that of the process's user.

    Raises:
        InvalidInput: the name cannot be one.
    """
    if by is None:
        # Not from the environment, where anybody can be anybody.
        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            return f"user {os.getuid()}"
    name = by.strip()
    if not 0 < len(name) <= _NAME_CHARACTERS_MAXIMUM or not name.isprintable():
        raise InvalidInput(f"--by is a name of 1 to {_NAME_CHARACTERS_MAXIMUM} characters")
    return name


class Lifecycle:
    """Opens the database when made, and the rest when first used."""

    def __init__(self, settings: Settings) -> None:
        from app.storage.engine import open_database

        self.settings = settings
        self.engine: Engine = open_database(settings.data)

    @cached_property
    def ring(self) -> KeyRing:
        """The evaluation keys."""
        from app.crypto.keyring import KeyRing

        return KeyRing(self.settings.keys)

    @cached_property
    def store(self) -> SqlDatasetStore:
        """The datasets, whatever their state."""
        from app.storage.datasets import SqlDatasetStore

        return SqlDatasetStore(self.engine)

    def signing_key(self) -> SigningKey:
        """Return the deployment's signing key, made with its first use."""
        from app.crypto.signing import SigningKey

        return SigningKey.of(self.settings.keys)

    def ingest(
        self,
        *,
        by: str,
        observer: Observer,
        max_rejects: RejectLimit,
        report: RejectReport,
        ends_on: date,
    ) -> Ingest:
        """Return what fills datasets; whom it leaves out is read now."""
        from app.ingest.pipeline import Ingest
        from app.lifecycle.forgetting import suppressed
        from app.scope.counting import ScopeCensus
        from app.storage.drafts import SqlDraftStore
        from app.storage.epochs import SqlEpochStore
        from app.storage.forgetting import SqlForgettingStore

        return Ingest(
            store=SqlDraftStore(self.engine, by=by),
            epochs=SqlEpochStore(self.engine, by=by),
            ring=self.ring,
            profile=self.settings.profile,
            workers=self.settings.threads,
            observer=observer,
            max_rejects=max_rejects,
            report=report,
            ends_on=ends_on,
            forgotten=suppressed(SqlForgettingStore(self.engine), self.settings.keys),
            census=ScopeCensus(self.ring),
        )

    def publishing(self) -> Publishing:
        """Return what publishes and retires."""
        from app.lifecycle.publishing import Publishing

        return Publishing(
            self.store,
            self.ring,
            self.signing_key,
            program=program_version(),
            clearing=self.clearing(),
        )

    def clearing(self) -> Clearing:
        """Return what erases what a newer epoch has taken the place of."""
        from app.lifecycle.clearing import Clearing
        from app.storage.clearing import SqlClearingStore

        return Clearing(SqlClearingStore(self.engine), self.ring)

    def erasing(self) -> Erasing:
        """Return what erases."""
        from app.lifecycle.erasure import Erasing
        from app.storage.erasing import SqlErasureStore

        store = SqlErasureStore(self.engine)
        return Erasing(store, self.ring, self.signing_key, program=program_version())

    def sweeping(self) -> Sweeping:
        """Return what erases whatever has come to its end, or was replaced."""
        from app.lifecycle.erasure import Sweeping
        from app.storage.erasing import SqlErasureStore
        from app.storage.lock import dataset_lock

        lock = partial(dataset_lock, self.settings.data)
        return Sweeping(SqlErasureStore(self.engine), self.erasing(), self.clearing(), lock)

    def registry(self) -> Registry:
        """Return the register of people with credentials."""
        from app.clients.registry import Registry
        from app.storage.clients import SqlClientStore

        return Registry(SqlClientStore(self.engine))

    def forgetting(self) -> Forgetting:
        """Return what takes people out."""
        from app.lifecycle.forgetting import Forgetting
        from app.storage.forgetting import SqlForgettingStore

        return Forgetting(SqlForgettingStore(self.engine), self.ring, self.settings.keys)
