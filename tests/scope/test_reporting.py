"""A report's signature: what holds, and what each refusal says."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from app.crypto.signing import SigningKey
from app.errors import InvalidKey, InvalidMessage, ReportExpired, SignatureMismatch
from app.protocol.manifest import MANIFEST_KIND
from app.scope.report import REPORT_KIND
from app.scope.reporting import verify_report
from tests.scope.examples import example_report

TODAY = date(2026, 5, 5)


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return SigningKey.of(tmp_path / "keys")


@pytest.fixture
def other(tmp_path: Path) -> SigningKey:
    return SigningKey.of(tmp_path / "other")


def signed_by(key: SigningKey, kind: str = REPORT_KIND) -> str:
    return key.sign(kind, example_report().to_json())


def test_what_is_signed_is_verified_by_a_key_or_by_a_set_of_keys(
    key: SigningKey, other: SigningKey
) -> None:
    many = json.dumps({"keys": [json.loads(k.public_jwk()) for k in (other, key)]})
    for keys in (key.public_jwk(), many):
        verified = verify_report(signed_by(key), keys, today=TODAY)
        assert verified.report == example_report()
        assert verified.thumbprint == key.thumbprint


def test_another_key_is_named(key: SigningKey, other: SigningKey) -> None:
    with pytest.raises(SignatureMismatch, match=f"the key {key.thumbprint} signed it") as caught:
        verify_report(signed_by(key), other.public_jwk(), today=TODAY)
    assert other.thumbprint in caught.value.hint


def test_every_changed_character_of_the_payload_is_noticed(key: SigningKey) -> None:
    header, payload, signature = signed_by(key).split(".")
    for at in range(0, len(payload), 40):
        changed = payload[:at] + ("A" if payload[at] != "A" else "B") + payload[at + 1 :]
        with pytest.raises(SignatureMismatch, match="is not signed by this key"):
            verify_report(f"{header}.{changed}.{signature}", key.public_jwk(), today=TODAY)


def test_the_payload_of_another_report_is_not_what_was_signed(key: SigningKey) -> None:
    """Each is signed by the key, and neither signature is the other's: another dataset or epoch."""
    for changes in ({"dataset": "other"}, {"epoch": 2}):
        header, _, signature = signed_by(key).split(".")
        other = key.sign(REPORT_KIND, example_report().to_json() | changes).split(".")[1]
        with pytest.raises(SignatureMismatch, match="is not signed by this key"):
            verify_report(f"{header}.{other}.{signature}", key.public_jwk(), today=TODAY)


def test_a_signed_report_with_something_more_in_it_is_refused(key: SigningKey) -> None:
    """Its fingerprint would be that of what is read, and not of what is signed."""
    document = example_report().to_json() | {"more": 1}
    with pytest.raises(InvalidMessage, match="does not read"):
        verify_report(key.sign(REPORT_KIND, document), key.public_jwk(), today=TODAY)


def test_a_set_of_keys_may_call_them_anything(key: SigningKey, other: SigningKey) -> None:
    """A key is known by what it is: another with its name signs nothing for it."""
    named = json.loads(other.public_jwk()) | {"kid": key.thumbprint}
    keys = json.dumps({"keys": [named]})
    with pytest.raises(SignatureMismatch, match="which was not given"):
        verify_report(signed_by(key), keys, today=TODAY)
    forged = other.sign(REPORT_KIND, example_report().to_json())
    with pytest.raises(SignatureMismatch):
        verify_report(forged, key.public_jwk(), today=TODAY)


def test_a_document_of_another_kind_is_no_report(key: SigningKey) -> None:
    with pytest.raises(SignatureMismatch, match="is not a concerne-scope"):
        verify_report(signed_by(key, MANIFEST_KIND), key.public_jwk(), today=TODAY)


def test_an_expired_report_is_told_from_a_forged_one(key: SigningKey) -> None:
    ends = example_report().expires_on
    with pytest.raises(ReportExpired, match=f"expired on {ends}"):
        verify_report(signed_by(key), key.public_jwk(), today=ends)


def test_a_signed_report_that_tells_of_few_people_is_refused(key: SigningKey) -> None:
    document = example_report().to_json()
    document["sources"][0]["tables"][0]["cells"][2] = 3
    with pytest.raises(InvalidMessage, match="fewer than 11"):
        verify_report(key.sign(REPORT_KIND, document), key.public_jwk(), today=TODAY)


@pytest.mark.parametrize("text", ["", "a.b.c", "no report", "e30.e30.e30"])
def test_what_is_no_signed_document_is_refused(text: str, key: SigningKey) -> None:
    with pytest.raises(SignatureMismatch):
        verify_report(text, key.public_jwk(), today=TODAY)


@pytest.mark.parametrize("text", ["", "{}", '{"keys": []}', '{"keys": [{"kty": "RSA"}]}'])
def test_what_is_no_key_is_refused(text: str, key: SigningKey) -> None:
    with pytest.raises(InvalidKey):
        verify_report(signed_by(key), text, today=TODAY)
