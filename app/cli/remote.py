"""The HTTP transport of `protocol.client`: the private lookup, end to end.

Whatever goes wrong is raised as Unavailable or as a refusal. No status but 200 is an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Self

import httpx

from app.errors import EpochGone, InvalidMessage, ServerRefused, ServerUnreachable
from app.identity.schemes import NORMALISATION_VERSION
from app.protocol import client, messages
from app.protocol.documents import contact_line
from app.protocol.fingerprints import Location
from app.protocol.messages import Answer
from app.protocol.parameters import (
    DatasetParameters,
    DeploymentParameters,
    SchemeParameters,
    check_slug,
)

TIMEOUT_SECONDS = 30.0
# A key is changed once a night: twice in one question is a server that lies.
EPOCHS_TRIED = 2
_GONE = 410


class RemoteServer:
    """One server, over one kept-alive connection. Use as a context manager.

    Args:
        url: such as `http://127.0.0.1:8000`.
        http: the HTTP client to use, for a transport other than the network.
    """

    def __init__(self, url: str, *, http: httpx.Client | None = None) -> None:
        self._http = http or httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._http.close()

    def deployment(self) -> DeploymentParameters:
        """Ask for the deployment's parameters."""
        document = _json(self._get("/v1/parameters"))
        return messages.deployment_from_json(document, normalisation=NORMALISATION_VERSION)

    def dataset(self, dataset: str) -> DatasetParameters:
        """Ask for one dataset's parameters.

        Raises:
            InvalidInput: no dataset can have that name; nothing was sent.
            InvalidMessage: the answer is about another dataset.
        """
        document = _json(self._get(f"/v1/datasets/{check_slug(dataset)}"))
        parameters = messages.dataset_from_json(document)
        if parameters.dataset != dataset:
            raise InvalidMessage("the server's answer is about another dataset")
        return parameters

    def ask_privately(self, dataset: str, scheme: str, fields: Mapping[str, str]) -> Answer:
        """Ask by evaluation and range: the server learns that somebody asked.

        Raises:
            InvalidField: a field is refused, before any query about it.
            CryptographyError: the server's proof or its elements do not hold.
            Unavailable: no answer came.
        """
        client.check_identifier(scheme, fields)
        check_slug(dataset)
        deployment = self.deployment()
        for _ in range(EPOCHS_TRIED):
            parameters = self.dataset(dataset).scheme(scheme)
            stretched = client.stretch_identifier(deployment, parameters, fields)
            batch = client.Batch.prepare(dataset, parameters, [stretched])
            try:
                (location,) = self._evaluate(batch)
                return client.compare(parameters, location, self._range(batch, location))
            except EpochGone:
                continue
        raise ServerRefused("the key changed while asking, more than once", status=_GONE)

    def ask_plainly(self, dataset: str, scheme: str, fields: Mapping[str, str]) -> Answer:
        """Ask in clear: the server sees the identifier.

        Raises:
            Unavailable: no answer came.
        """
        response = self._send(
            "POST", f"/v1/datasets/{check_slug(dataset)}/lookups", json={"scheme": scheme, **fields}
        )
        return messages.lookup_from_json(_json(response), dataset=dataset, scheme=scheme)

    def _evaluate(self, batch: client.Batch) -> list[Location]:
        path = f"/v1/datasets/{batch.dataset}/schemes/{batch.parameters.scheme}/evaluations"
        body = messages.evaluation_request_to_json(list(batch.blinded))
        answer = messages.evaluation_from_json(_json(self._send("POST", path, json=body)))
        return batch.receive(answer)

    def _range(self, batch: client.Batch, location: Location) -> bytes:
        parameters: SchemeParameters = batch.parameters
        scheme = f"/v1/datasets/{batch.dataset}/schemes/{parameters.scheme}"
        return self._get(f"{scheme}/ranges/{location.prefix}?epoch={parameters.epoch}").content

    def document(self, path: str, *, json: messages.Json | None = None) -> object:
        """Ask for a JSON document; with a body, by POST.

        Raises:
            EpochGone: the server's key has changed.
            InvalidMessage: the answer is no JSON.
            Unavailable: no answer came.
        """
        return _json(self._send("GET" if json is None else "POST", path, json=json))

    @contextmanager
    def streamed(self, path: str) -> Iterator[httpx.Response]:
        """Ask for a body that is too long to be held twice; as `document`."""
        with _reached(), self._http.stream("GET", path) as response:
            if response.status_code != httpx.codes.OK:
                response.read()
            yield _answer(response)

    def _get(self, path: str) -> httpx.Response:
        return self._send("GET", path)

    def _send(self, method: str, path: str, *, json: messages.Json | None = None) -> httpx.Response:
        with _reached():
            response = self._http.request(method, path, json=json)
        return _answer(response)


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        raise ServerUnreachable(
            f"the server gave no answer ({type(exc).__name__})",
            hint="the question is open; ask again later",
        ) from None


def _answer(response: httpx.Response) -> httpx.Response:
    if response.status_code == _GONE:
        raise EpochGone("the server's key has changed")
    if response.status_code != httpx.codes.OK:
        raise _refusal(response)
    return response


def _json(response: httpx.Response) -> object:
    try:
        return response.json()
    except ValueError:
        raise InvalidMessage("the server's answer is not JSON") from None


def _refusal(response: httpx.Response) -> ServerRefused:
    """Say what the server said, as far as it has the form of a problem document."""
    try:
        document = response.json()
    except ValueError:
        document = None
    fields = document if isinstance(document, dict) else {}
    slug = str(fields.get("type", "")).rpartition(":")[2]
    retry_after = response.headers.get("Retry-After", "")
    return ServerRefused(
        f"the server refused with status {response.status_code}",
        status=response.status_code,
        slug=slug if slug.replace("-", "").isalpha() else "",
        contact=contact_line(fields.get("contact")),
        retry_after_seconds=int(retry_after) if retry_after.isdecimal() else None,
        hint="this is no answer; the question is open",
    )
