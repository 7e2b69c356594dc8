"""The Python client over HTTP: no failure is ever an answer."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from app.cli.remote import RemoteServer
from app.crypto.keys import EvaluationKey
from app.errors import (
    ConcerneError,
    InvalidField,
    InvalidInput,
    InvalidMessage,
    ProofMismatch,
    ServerRefused,
    ServerUnreachable,
)
from app.protocol import messages, server
from app.protocol.messages import Answer
from tests.conftest import DATASET, Leak
from tests.protocol.examples import DEPLOYMENT, Published, publish
from tests.serving import serving_settings

IN, OUT = "01 99 00 00 01", "02 61 91 00 01"


@pytest.fixture(scope="module")
def url(leak: Leak) -> Iterator[str]:
    with serving_settings(leak.settings()) as client:
        yield str(client.base_url)


@pytest.mark.parametrize("exposed", [True, False])
def test_both_ways_give_the_right_answer(url: str, leak: Leak, exposed: bool) -> None:
    fields = dict(leak.lines("nir-dob", exposed=exposed)[0])
    fields.pop("exposed")
    fields.pop("scheme")
    expected = Answer.of(is_exposed=exposed)
    with RemoteServer(url) as remote:
        assert remote.ask_privately(DATASET, "nir-dob", fields) is expected
        assert remote.ask_plainly(DATASET, "nir-dob", fields) is expected


def test_a_bad_field_is_refused_before_any_question(url: str) -> None:
    with RemoteServer(url) as remote, pytest.raises(InvalidField):
        remote.ask_privately(DATASET, "phone", {"phone": "12"})


def test_a_server_that_is_not_there_is_unknown() -> None:
    with RemoteServer("http://127.0.0.1:1") as remote, pytest.raises(ServerUnreachable):
        remote.ask_privately(DATASET, "phone", {"phone": IN})


class FakeServer:
    """A server that answers by the protocol, unless told to deviate."""

    def __init__(self) -> None:
        self.published: Published = publish([IN])
        self.key: EvaluationKey = self.published.key
        self.deviations: dict[str, Callable[[httpx.Response], httpx.Response]] = {}
        self.asked: list[str] = []

    def handle(self, request: httpx.Request) -> httpx.Response:
        kind, response = self._answer(request)
        self.asked.append(kind)
        deviate = self.deviations.get(kind)
        return deviate(response) if deviate else response

    def _answer(self, request: httpx.Request) -> tuple[str, httpx.Response]:
        path = request.url.path
        if path == "/v1/parameters":
            return "parameters", httpx.Response(200, json=messages.deployment_to_json(DEPLOYMENT))
        if path.endswith("/evaluations"):
            blinded = messages.blinded_from_json(json.loads(request.content)["blinded"], maximum=8)
            epoch = self.published.parameters.epoch
            answer = server.answer_evaluation(self.key, epoch, blinded)
            return "evaluation", httpx.Response(200, json=messages.evaluation_to_json(answer))
        if "/ranges/" in path:
            prefix = int(path.rpartition("/")[2])
            return "range", httpx.Response(200, content=self.published.ranges[prefix])
        if path.endswith("/lookups"):
            found = messages.lookup_to_json("demo", "phone", 1, Answer.NOT_EXPOSED)
            return "lookup", httpx.Response(200, json=found)
        document = messages.dataset_to_json(self.published.dataset)
        return "dataset", httpx.Response(200, json=document)


@pytest.fixture
def fake() -> FakeServer:
    return FakeServer()


def ask(fake: FakeServer, phone: str = IN, *, plainly: bool = False) -> Answer:
    http = httpx.Client(base_url="http://fake", transport=httpx.MockTransport(fake.handle))
    with RemoteServer("http://fake", http=http) as remote:
        way = remote.ask_plainly if plainly else remote.ask_privately
        return way("demo", "phone", {"phone": phone})


def test_the_fake_server_answers_rightly_when_it_does_not_deviate(fake: FakeServer) -> None:
    assert ask(fake, IN) is Answer.EXPOSED
    assert ask(fake, OUT) is Answer.NOT_EXPOSED


STATUSES = [201, 204, 206, 301, 302, 400, 401, 403, 404, 410, 422, 429, 500, 502, 503, 504]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("kind", ["parameters", "dataset", "evaluation", "range", "lookup"])
def test_no_status_but_200_is_an_answer(fake: FakeServer, kind: str, status: int) -> None:
    """Existing bulk checkers have read a rate limit as "not found"; here it is an error."""
    fake.deviations[kind] = lambda r: httpx.Response(status, content=r.content)
    with pytest.raises(ConcerneError):
        ask(fake, plainly=kind == "lookup")


@pytest.mark.parametrize("kind", ["parameters", "dataset", "evaluation", "range", "lookup"])
@pytest.mark.parametrize("content", [b"", b"{}", b"null", b"[]", b"<html>", b'{"exposed": false}'])
def test_no_other_content_is_an_answer(fake: FakeServer, kind: str, content: bytes) -> None:
    fake.deviations[kind] = lambda _: httpx.Response(200, content=content)
    with pytest.raises(ConcerneError):
        ask(fake, plainly=kind == "lookup")


def test_a_server_that_uses_a_key_of_its_own_is_refused(fake: FakeServer) -> None:
    """Otherwise it could tag one user and recognise the range that is asked for."""
    fake.key = EvaluationKey.generate()
    with pytest.raises(ProofMismatch):
        ask(fake)


def test_a_shortened_range_is_no_answer(fake: FakeServer) -> None:
    fake.deviations["range"] = lambda r: httpx.Response(200, content=r.content[8:])
    with pytest.raises(InvalidMessage):
        ask(fake)


def test_empty_ranges_are_no_answer(fake: FakeServer) -> None:
    """Or a server that lost its ranges would say "not exposed" to everybody."""

    def empty(response: httpx.Response) -> httpx.Response:
        document: dict[str, Any] = response.json()
        document["schemes"]["phone"]["range_length"] = 0
        return httpx.Response(200, json=document)

    fake.deviations["dataset"] = empty
    fake.deviations["range"] = lambda _: httpx.Response(200, content=b"")
    with pytest.raises(InvalidMessage, match="range_length"):
        ask(fake)


def test_parameters_of_another_dataset_are_no_answer(fake: FakeServer) -> None:
    fake.deviations["dataset"] = lambda r: httpx.Response(200, json=r.json() | {"dataset": "two"})
    with pytest.raises(InvalidMessage, match="another dataset"):
        ask(fake)


@pytest.mark.parametrize("dataset", ["../x", "a/b", "a?b", "", "A"])
def test_a_name_that_no_dataset_can_have_is_never_sent(fake: FakeServer, dataset: str) -> None:
    http = httpx.Client(base_url="http://fake", transport=httpx.MockTransport(fake.handle))
    with RemoteServer("http://fake", http=http) as remote:
        for way in (remote.ask_privately, remote.ask_plainly):
            with pytest.raises(InvalidInput):
                way(dataset, "phone", {"phone": IN})
    assert fake.asked == []


def test_a_proof_of_zeros_is_no_answer(fake: FakeServer) -> None:
    def forge(response: httpx.Response) -> httpx.Response:
        document: dict[str, Any] = response.json()
        document["proof"] = base64.urlsafe_b64encode(bytes(64)).rstrip(b"=").decode()
        return httpx.Response(200, json=document)

    fake.deviations["evaluation"] = forge
    with pytest.raises(ConcerneError, match="zero"):
        ask(fake)


def test_a_key_that_changed_meanwhile_makes_the_client_begin_again(fake: FakeServer) -> None:
    def change_key(_: httpx.Response) -> httpx.Response:
        fake.published = publish([IN], epoch=2)
        fake.key = fake.published.key
        del fake.deviations["range"]
        return httpx.Response(410)

    fake.deviations["range"] = change_key
    assert ask(fake) is Answer.EXPOSED
    assert fake.asked.count("dataset") == 2


def test_a_key_that_changes_for_ever_is_unknown(fake: FakeServer) -> None:
    fake.deviations["range"] = lambda _: httpx.Response(410)
    with pytest.raises(ServerRefused) as refusal:
        ask(fake)
    assert refusal.value.status == 410


def test_a_refusal_says_how_long_to_wait_and_nothing_of_its_body(fake: FakeServer) -> None:
    problem = {"type": "urn:concerne:problem:limit-exceeded", "detail": "for 01 99 00 00 01"}
    headers = {"Retry-After": "17"}
    fake.deviations["evaluation"] = lambda _: httpx.Response(429, json=problem, headers=headers)
    with pytest.raises(ServerRefused) as refusal:
        ask(fake)
    assert refusal.value.slug == "limit-exceeded"
    assert refusal.value.retry_after_seconds == 17
    assert "01 99" not in refusal.value.message + refusal.value.hint


def test_a_connection_that_breaks_is_unknown(fake: FakeServer) -> None:
    def cut(_: httpx.Response) -> httpx.Response:
        raise httpx.ReadError("cut")

    fake.deviations["range"] = cut
    with pytest.raises(ServerUnreachable):
        ask(fake)
