"""Loads the libsodium that ships inside the `rbcl` wheel, without leaving a file behind.

Importing `rbcl` itself writes its 2.8 MB library into the shared temporary folder at every start
and leaves it there: whoever can write to that folder at that moment chooses the code that handles
our keys, and a container with a read-only or no-exec /tmp does not start. The library's bytes are
a constant of the module `rbcl._sodium`, so they are taken from its compiled form, unexecuted, and
loaded from an anonymous file in memory; where there is none (macOS), from a folder that only this
user can enter, emptied as soon as the loader has mapped it.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import tempfile
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path


def _library_bytes() -> bytes:
    """Return the shared library that the wheel carries as one long hexadecimal constant."""
    package = importlib.util.find_spec("rbcl")
    if package is None or not package.submodule_search_locations:
        raise ImportError("the package rbcl, which carries libsodium, is not installed")
    source = Path(package.submodule_search_locations[0], "_sodium.py")
    code = SourceFileLoader("rbcl._sodium", str(source)).get_code("rbcl._sodium")
    if code is None:
        raise ImportError("rbcl carries no library for this platform")
    return bytes.fromhex(max((c for c in code.co_consts if isinstance(c, str)), key=len))


def _load(library: bytes) -> ctypes.CDLL:
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("libsodium", os.MFD_CLOEXEC)
        with os.fdopen(descriptor, "wb") as file:
            file.write(library)
            file.flush()
            return ctypes.CDLL(f"/proc/self/fd/{descriptor}")
    with tempfile.TemporaryDirectory(prefix="concerne-") as folder:
        path = Path(folder, "libsodium")
        path.write_bytes(library)
        return ctypes.CDLL(str(path))


@cache
def libsodium() -> ctypes.CDLL:
    """Return libsodium, initialised. Its calls release the interpreter's lock."""
    library = _load(_library_bytes())
    if library.sodium_init() < 0:
        raise ImportError("libsodium could not be initialised")
    return library
