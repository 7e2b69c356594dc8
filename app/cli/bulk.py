"""The HTTP transport of a check: batches, all ranges, and what the client may ask.

Implements `app.checking.ports.Server`. No status but 200 is an answer.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence

import httpx

from app.checking.ports import Allowance
from app.cli.remote import TIMEOUT_SECONDS, RemoteServer
from app.crypto.ristretto255 import Element
from app.errors import InvalidInput, InvalidMessage
from app.protocol import messages
from app.protocol.documents import count_of, field_of, object_of
from app.protocol.fingerprints import FINGERPRINT_BYTES
from app.protocol.messages import EvaluationAnswer
from app.protocol.parameters import SchemeParameters

# A batch takes the server seconds when it is busy.
_TIMEOUT = httpx.Timeout(TIMEOUT_SECONDS, read=120.0)
_LOOPBACK_NAMES = ("localhost",)


class BulkServer(RemoteServer):
    """One server, as a client with a credential sees it. Use as a context manager.

    Args:
        url: such as `https://leaks.example`.
        credential: goes with every request.
        http: the HTTP client to use, for a transport other than the network.

    Raises:
        InvalidInput: the credential would go over the network in clear.
    """

    def __init__(self, url: str, credential: str, *, http: httpx.Client | None = None) -> None:
        headers = {"Authorization": f"Bearer {credential}"}
        if http is None:
            _check_address(url)
            # Bytes that nothing can be saved of, and a size that can be counted on.
            plain = headers | {"Accept-Encoding": "identity"}
            http = httpx.Client(base_url=url, timeout=_TIMEOUT, headers=plain)
        else:
            http.headers.update(headers)
        super().__init__(url, http=http)

    def allowances(self) -> Mapping[str, Allowance]:
        """Ask for what this client may ask."""
        fields = object_of(self.document("/v1/client"), "the client")
        schemes = field_of(fields, "schemes", dict)
        return {name: _allowance(known) for name, known in schemes.items()}

    def evaluate(
        self, dataset: str, parameters: SchemeParameters, blinded: Sequence[Element]
    ) -> EvaluationAnswer:
        """Have a batch evaluated; whoever asked verifies the proof.

        Raises:
            EpochGone: the epoch is not the current one any more.
            Unavailable, InvalidMessage: no usable answer came.
        """
        path = f"/v1/datasets/{dataset}/schemes/{parameters.scheme}/evaluations"
        body = messages.evaluation_request_to_json(list(blinded))
        return messages.evaluation_from_json(self.document(path, json=body))

    def ranges(self, dataset: str, parameters: SchemeParameters) -> bytearray:
        """Fetch all ranges, and no more bytes than they have.

        Raises:
            EpochGone: the epoch is not the current one any more.
            Unavailable: they did not come whole.
            InvalidMessage: they are longer than promised.
        """
        path = f"/v1/datasets/{dataset}/schemes/{parameters.scheme}/ranges"
        expected = parameters.range_length * FINGERPRINT_BYTES << parameters.prefix_bits
        packed = bytearray()
        with self.streamed(f"{path}?epoch={parameters.epoch}") as response:
            for chunk in response.iter_bytes():
                packed += chunk
                if len(packed) > expected:
                    raise InvalidMessage(f"the ranges have more than {expected:,} bytes")
        # Fewer than promised are no fault of the network, which would have shown: whoever asked
        # refuses them.
        return packed


def _allowance(known: object) -> Allowance:
    fields = object_of(known, "an allowance")
    return Allowance(quota=count_of(fields, "quota"), spent=count_of(fields, "spent"))


def _check_address(url: str) -> None:
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        raise InvalidInput("the server's address is none", hint="https://…") from None
    if address.scheme == "https" or (address.scheme == "http" and _is_loopback(address.host)):
        return
    raise InvalidInput(
        "the server's address is not https: the credential would be sent in clear",
        hint="https://…",
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in _LOOPBACK_NAMES
