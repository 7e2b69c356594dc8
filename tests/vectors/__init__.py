"""Loads the vector files beside it, and fails when there is nothing in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


def load(name: str) -> Any:
    """Return the parsed file `name`, which must hold at least one case."""
    parsed = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    cases = parsed["cases"] if isinstance(parsed, dict) else parsed
    assert cases, f"{name} holds no cases"
    return parsed
