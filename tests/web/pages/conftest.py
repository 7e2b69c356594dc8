"""Pages from a real server, over the made-up leak."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.conftest import Leak
from tests.serving import serving_settings

Form = Callable[..., dict[str, str]]


@pytest.fixture(scope="session")
def pages(leak: Leak) -> Iterator[httpx.Client]:
    """A server with no limits."""
    with serving_settings(leak.settings()) as client:
        yield client


@pytest.fixture(scope="session")
def form(leak: Leak) -> Form:
    """What somebody types who is, or is not, in the leak."""

    def filled(*, exposed: bool = True, **changes: str) -> dict[str, str]:
        return form_of(leak.lines("nir-dob", exposed=exposed)[0]) | changes

    return filled


def form_of(line: dict[str, Any]) -> dict[str, str]:
    """Return a line of the truth as the form posts it."""
    year, month, day = line["birth_date"].split("-")
    return {"dataset": "demo", "nir": line["nir"], "day": day, "month": month, "year": year}
