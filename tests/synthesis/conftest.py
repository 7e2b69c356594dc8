from __future__ import annotations

import pytest

from tests.synthesis.reading import Made, Row, make


@pytest.fixture(scope="session")
def made() -> Made:
    return make(5_000)


@pytest.fixture(scope="session")
def rows(made: Made) -> list[Row]:
    return made.rows()
