"""The package as it is built: the pages' script is in it, and a source archive needs no Node.js."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = "app/web/static/built/page.js"
LIST_SCRIPT = "app/web/static/built/list.js"
# Read at run time, each by another part of the program.
READ = (
    SCRIPT,
    LIST_SCRIPT,
    "app/web/pages/help.toml",
    "app/web/templates/base.html",
    "app/web/static/icon.svg",
)
# No Node.js is on this path, and none beside this interpreter is asked for.
ENVIRONMENT = {"PATH": "/usr/bin:/bin"}
# Python 3.11.4 learnt to unpack no more than files, and later ones warn of whoever does not ask.
SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


def build(folder: Path, target: str, out: Path, environment: dict[str, str] | None = None) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    (built,) = out.iterdir()
    return built


@pytest.mark.slow
def test_a_wheel_from_the_archive_is_the_one_from_the_sources(tmp_path: Path) -> None:
    """Slow: it builds the script twice, and the package three times."""
    direct = build(ROOT, "wheel", tmp_path / "direct")
    archive = build(ROOT, "sdist", tmp_path / "archive")
    with tarfile.open(archive) as opened:
        names = opened.getnames()
    shutil.unpack_archive(archive, tmp_path / "unpacked", **SAFELY)
    assert not [name for name in names if "node_modules" in name or "/.venv" in name]
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    # Were it run, building the script would fail.
    (unpacked / "scripts/build-client").write_text("#!/bin/sh\nexit 1\n", encoding="ascii")
    second = build(unpacked, "wheel", tmp_path / "second", ENVIRONMENT)
    assert direct.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(direct) as wheel:
        inside = wheel.namelist()
    assert set(READ) <= set(inside)
    assert not [name for name in inside if "node_modules" in name or not name.strip("/")]
