"""A sample is asked about with a personal credential: counts come back, and nothing is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from pathlib import Path

import httpx

from app.cli.files import read_text
from app.cli.remote import EPOCHS_TRIED, TIMEOUT_SECONDS, RemoteServer
from app.crypto.stretch import check_client_accepts, stretch
from app.errors import EpochGone, InvalidInput, ServerRefused
from app.protocol import client
from app.protocol.credentials import Credential
from app.protocol.fingerprints import Location
from app.protocol.messages import Answer

# Some seconds of a server's work each.
_BATCH = 1000
_LONGER_SECONDS = 4 * TIMEOUT_SECONDS


class CredentialedServer(RemoteServer):
    """A server that knows who asks, not about whom: implements `scope.comparison.SampledServer`.

    Args:
        url: of the server; a credential goes nowhere in clear.
        credential: of a person who was granted the scheme.
        workers: threads that stretch.
        told: is called with how many inputs were stretched so far.

    Raises:
        InvalidInput: the credential would go over the network in clear.
    """

    def __init__(
        self, url: str, credential: Credential, *, workers: int, told: Callable[[int], None]
    ) -> None:
        _check_url(url)
        headers = {"Authorization": f"Bearer {credential.text}"}
        http = httpx.Client(base_url=url, timeout=_LONGER_SECONDS, headers=headers)
        super().__init__(url, http=http)
        self._workers = workers
        self._told = told

    def count_exposed(self, dataset: str, scheme: str, encoded: Sequence[bytes]) -> int:
        """Return how many inputs are in the dataset; every failure is one of all."""
        for _ in range(EPOCHS_TRIED):
            try:
                return self._counted(dataset, scheme, encoded)
            except EpochGone:
                continue
        raise ServerRefused("the key changed while asking, more than once", status=410)

    def _counted(self, dataset: str, scheme: str, encoded: Sequence[bytes]) -> int:
        salt = self.deployment().stretch_salt
        parameters = self.dataset(dataset).scheme(scheme)
        check_client_accepts(parameters.stretch)
        exposed = done = 0
        ranges: dict[int, bytes] = {}
        with ThreadPoolExecutor(self._workers, thread_name_prefix="stretch") as pool:
            for start in range(0, len(encoded), _BATCH):
                inputs = encoded[start : start + _BATCH]
                stretched = list(pool.map(lambda x: stretch(parameters.stretch, salt, x), inputs))
                self._told(done := done + len(inputs))
                batch = client.Batch.prepare(dataset, parameters, stretched)
                exposed += sum(self._is_in(batch, at, ranges) for at in self._evaluate(batch))
        return exposed

    def _is_in(self, batch: client.Batch, location: Location, ranges: dict[int, bytes]) -> bool:
        packed = ranges.get(location.prefix)
        if packed is None:
            packed = ranges[location.prefix] = self._range(batch, location)
        return client.compare(batch.parameters, location, packed) is Answer.EXPOSED


def read_credential(path: Path) -> Credential:
    """Read the file that a credential was handed over in.

    Raises:
        InvalidInput: it cannot be read.
        InvalidCredential: there is none in it, or not to the letter.
    """
    return Credential.parse(read_text(path, "credential file").strip())


def _check_url(url: str) -> None:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise InvalidInput("the server's address is none") from None
    if parsed.scheme != "https" and not _is_here(parsed.host):
        raise InvalidInput(
            "a credential is sent over https only, or to this machine",
            hint="give the server's address with https://",
        )


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
