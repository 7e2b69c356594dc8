"""Commands that run inside the tests' own process, which is confined by nothing."""

from __future__ import annotations

import pytest

from app.cli.commands import ingest


@pytest.fixture(autouse=True)
def _nobody_to_warn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether this machine swaps is no part of what these tests compare."""
    monkeypatch.setattr(ingest, "warn_of_memory", lambda: None)
