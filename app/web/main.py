"""Wires the web front: the one place in `web` that reads settings and opens things."""

from __future__ import annotations

from fastapi import FastAPI

from app.crypto.keyring import KeyRing
from app.exposure.addresses import BlockDigests
from app.exposure.answering import Answering
from app.exposure.catalogue import Catalogue
from app.exposure.keyholder import LocalKeyHolder
from app.exposure.stretching import BoundedPool
from app.logs import configure_logs
from app.settings import Settings, load_settings
from app.storage.engine import open_database
from app.storage.published import SqlPublishedStore
from app.web.app import create_app
from app.web.limits import Limits
from app.web.services import Services


def application() -> FastAPI:
    """Return the application as the environment and the settings' file describe it."""
    settings = load_settings()
    configure_logs(settings.log_level)
    return create_app(wire(settings))


def wire(settings: Settings) -> Services:
    """Open the database and the key ring, and put the use cases over them."""
    key_holder = LocalKeyHolder(KeyRing(settings.keys))
    catalogue = Catalogue(
        SqlPublishedStore(open_database(settings.data)),
        key_holder,
        resident_bytes=settings.resident_mib * 1024 * 1024,
        stale_after_seconds=settings.stale_seconds,
    )
    pool = BoundedPool(workers=settings.threads, waiting=settings.lookup_queue)
    return Services(
        settings=settings,
        answering=Answering(catalogue, key_holder, pool),
        limits=Limits(settings, catalogue),
        digests=BlockDigests(),
    )
