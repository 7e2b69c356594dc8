"""The version of this program, as its package says it."""

from __future__ import annotations

from importlib.metadata import version

PACKAGE = "concerne"


def program_version() -> str:
    """Return the installed version."""
    return version(PACKAGE)
