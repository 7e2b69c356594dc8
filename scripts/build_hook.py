"""Has the pages' scripts built when the package is: a wheel, a source archive, or in place."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SCRIPTS = tuple(Path("app/web/static/built", name) for name in ("page.js", "list.js"))
# Only a source archive has it; the scripts in it were built from the sources beside it.
ARCHIVE_MARK = Path("PKG-INFO")


class ClientBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # its configuration is not used
    """Runs `scripts/build-client`, but for a source archive, which needs no Node.js."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before files are collected."""
        del version, build_data
        root = Path(self.root)
        are_built = all((root / script).is_file() for script in SCRIPTS)
        if (root / ARCHIVE_MARK).is_file() and are_built:
            return
        environment = os.environ | {"CONCERNE_BUILD_PYTHON": sys.executable}
        subprocess.run([root / "scripts/build-client"], env=environment, check=True)
