"""Reads a leak to its end as an ingest does: `python -m scripts.benches.readall FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.benches.leaks import read_all

if __name__ == "__main__":
    print(read_all(Path(sys.argv[1])))
