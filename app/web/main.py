"""Wires the web front: the one place in `web` that reads settings and opens things."""

from __future__ import annotations

from functools import partial

import structlog
from fastapi import FastAPI

from app.clients.registry import Registry
from app.clients.sessions import Sessions
from app.clients.spending import Spending
from app.crypto.keyring import KeyRing
from app.crypto.signing import SigningKey
from app.exposure.addresses import BlockDigests
from app.exposure.answering import Answering
from app.exposure.catalogue import Catalogue
from app.exposure.keyholder import LocalKeyHolder
from app.exposure.stretching import BoundedPool
from app.lifecycle.clearing import Clearing
from app.lifecycle.erasure import Erasing, Sweeping
from app.lifecycle.history import History
from app.logs import configure_logs
from app.plaintext.process import confine, is_confined
from app.scope.reporting import Reporting
from app.settings import Settings, load_settings
from app.storage.audit import SqlAuditTrail
from app.storage.clearing import SqlClearingStore
from app.storage.clients import SqlClientStore
from app.storage.engine import open_database
from app.storage.erasing import SqlErasureStore
from app.storage.lock import dataset_lock
from app.storage.published import SqlPublishedStore
from app.storage.scopereports import SqlScopeStore
from app.storage.sessions import SqlSessionStore
from app.version import program_version
from app.web.app import create_app
from app.web.limits import Limits
from app.web.services import Services


def application() -> FastAPI:
    """Return the application as the environment and the settings' file describe it."""
    # Under a server other than ours, the process is not confined yet.
    confine()
    settings = load_settings()
    configure_logs(settings.log_level)
    if not is_confined():
        structlog.get_logger().warning("other processes of this user can read this one's memory")
    return create_app(wire(settings))


def wire(settings: Settings) -> Services:
    """Open the database and the key ring, and put the use cases over them."""
    ring = KeyRing(settings.keys)
    key_holder = LocalKeyHolder(ring)
    engine = open_database(settings.data)
    catalogue = Catalogue(
        SqlPublishedStore(engine),
        key_holder,
        resident_bytes=settings.resident_mib * 1024 * 1024,
        stale_after_seconds=settings.stale_seconds,
    )
    pool = BoundedPool(workers=settings.threads, waiting=settings.lookup_queue)
    clients = SqlClientStore(engine)
    registry = Registry(clients)
    return Services(
        settings=settings,
        answering=Answering(catalogue, key_holder, pool),
        sweeping=_sweeping(settings, SqlErasureStore(engine), SqlClearingStore(engine), ring),
        limits=Limits(settings, catalogue),
        digests=BlockDigests(),
        registry=registry,
        spending=Spending(clients),
        sessions=Sessions(SqlSessionStore(engine), registry),
        batches=BoundedPool(workers=settings.threads, waiting=settings.lookup_queue),
        history=History(SqlAuditTrail(engine)),
        reporting=Reporting(
            SqlScopeStore(engine), partial(SigningKey.of, settings.keys), program=program_version()
        ),
    )


def _sweeping(
    settings: Settings, ended: SqlErasureStore, replaced: SqlClearingStore, ring: KeyRing
) -> Sweeping:
    signing_key = partial(SigningKey.of, settings.keys)
    erasing = Erasing(ended, ring, signing_key, program=program_version())
    lock = partial(dataset_lock, settings.data)
    return Sweeping(ended, erasing, Clearing(replaced, ring), lock)
