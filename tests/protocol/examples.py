"""A small published dataset, as both parties see it, for the tests of this folder."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime

from app.crypto import oprf
from app.crypto.keys import EvaluationKey
from app.crypto.stretch import INSECURE_TEST_ONLY, stretch
from app.protocol.fingerprints import Locator
from app.protocol.parameters import DatasetParameters, DeploymentParameters, SchemeParameters
from app.protocol.ranges import RangeBuilder, choose_prefix_bits, range_length_of
from app.protocol.server import encode_identifier

DEPLOYMENT = DeploymentParameters(stretch_salt=bytes(range(16)), normalisation=1)


@dataclass(frozen=True)
class Published:
    """One scheme of one dataset: the secret key, what is public, and the ranges."""

    key: EvaluationKey
    dataset: DatasetParameters
    parameters: SchemeParameters
    ranges: dict[int, bytes]


def publish(phones: list[str], *, epoch: int = 1, prefix_bits: int | None = None) -> Published:
    """Publish a dataset `demo` with the phone numbers given, by the scheme `phone`."""
    key = EvaluationKey.generate()
    bits = choose_prefix_bits(len(phones)) if prefix_bits is None else prefix_bits
    locator, builder = Locator("demo", "phone", bits), RangeBuilder(range(2**bits))
    counts = Counter[int]()
    for phone in phones:
        encoded = encode_identifier("phone", {"phone": phone})
        stretched = stretch(INSECURE_TEST_ONLY, DEPLOYMENT.stretch_salt, encoded)
        location = locator.locate(oprf.evaluate(key, stretched))
        counts[location.prefix] += 1
        builder.add(location)
    length = range_length_of(counts.values())
    parameters = SchemeParameters(
        scheme="phone",
        epoch=epoch,
        public=True,
        public_key=key.public_key,
        prefix_bits=bits,
        range_length=length,
        stretch=INSECURE_TEST_ONLY,
        entries=len(phones),
        rows=len(phones),
        commitment=None,
    )
    dataset = DatasetParameters(
        dataset="demo",
        title="Made up",
        breach_date=date(2021, 2, 23),
        published_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        ends_on=date(2999, 1, 2),
        epoch=epoch,
        rows=len(phones) + 1,
        rows_rejected=1,
        schemes={"phone": parameters},
    )
    return Published(key, dataset, parameters, dict(builder.build(length)))
