"""The search finds what it looks for: one that cannot fail shows nothing."""

from __future__ import annotations

import base64
import gzip
import hashlib
from pathlib import Path

from tests.traces import Traces, files_in

VALUE = "Zéphyrin Témoin"
TRACES = Traces([("surname", VALUE), ("input", b"\x00\x0e-bytes-as-they-are")])


def test_each_form_is_found_wherever_it_stands() -> None:
    assert len(TRACES.forms) > 300
    for form, name in TRACES.forms.items():
        assert (name, "x") in TRACES.find({"x": b"\x00before" + form + b"after\xff"})


def test_forms_that_others_make_are_found() -> None:
    """Written here by other means than the search itself uses."""
    digest = hashlib.sha256("ZEPHYRINTEMOIN".encode("utf-16-le"))
    written = {
        "lower": b"...zephyrin temoin...",
        "windows": "ZÉPHYRIN TÉMOIN".encode("cp1252"),
        "digest": digest.hexdigest().encode(),
        "digest in base64": base64.b64encode(b"ab" + digest.digest() + b"c"),
        "url": b"/?q=Z%C3%A9phyrin+T%C3%A9moin",
        "mixed case": b"zEPHYRIN tEMOIN",
        "packed": b"before" + gzip.compress(b"x" * 1000 + VALUE.encode()) + b"after",
    }
    assert [where for _, where in TRACES.find(written)] == list(written)


def test_a_name_of_a_file_is_searched_too(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / f"{VALUE}.txt").touch()
    ((name, where),) = TRACES.find(files_in(tmp_path))
    assert (name, Path(where).name) == ("surname", f"{VALUE}.txt")


def test_nothing_is_found_where_nothing_is() -> None:
    assert TRACES.find({"x": bytes(range(256)) * 100, "y": b"", "z": b"Zephyr"}) == []
