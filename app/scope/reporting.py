"""The report is put together and signed; whoever holds it checks it without asking anybody.

Nothing in it depends on when it is asked for: of one epoch, every report is the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from app.crypto.publickeys import public_keys, signer_of
from app.crypto.signing import SigningKey, verify_signed
from app.errors import InvalidMessage, ReportExpired, ScopeWithheld, SignatureMismatch
from app.identity.schemes import NORMALISATION_VERSION
from app.protocol.parameters import SchemeParameters
from app.scope.comparison import comparison_of
from app.scope.ports import PublishedScope, ScopeStore
from app.scope.report import REPORT_KIND, SchemeScope, ScopeReport
from app.scope.successive import DIFFERENCE_MINIMUM, apart
from app.scope.table import PEOPLE_MINIMUM
from app.scope.tables import PERSON_SCHEMES, REPORT_PEOPLE_MINIMUM, RULE
from app.scope.traits import CHILD_BEFORE_YEARS

METHOD: Final[Mapping[str, Any]] = {
    "version": 1,
    "normalisation": NORMALISATION_VERSION,
    "people_told_apart_by": list(PERSON_SCHEMES),
    "child_before_years": CHILD_BEFORE_YEARS,
    "regions": "2016",
    "cell_minimum": PEOPLE_MINIMUM,
    "remainder_minimum": PEOPLE_MINIMUM,
    "uncertainty_minimum": PEOPLE_MINIMUM,
    "report_minimum": REPORT_PEOPLE_MINIMUM,
    "difference_minimum": DIFFERENCE_MINIMUM,
    "rule": RULE,
}


class Reporting:
    """Makes reports.

    Args:
        store: where what was counted is kept.
        signing_key: gives the deployment's, which is made with its first use.
        program: the version of this program.
    """

    def __init__(
        self, store: ScopeStore, signing_key: Callable[[], SigningKey], *, program: str
    ) -> None:
        self._store = store
        self._signing_key = signing_key
        self._program = program

    def report(self, dataset: str) -> ScopeReport:
        """Return the report of a published dataset.

        Raises:
            UnknownDataset: none of that name is published.
            ScopeWithheld: none of its sources has enough people, or was counted.
        """
        found = self._store.published(dataset)
        found = replace(found, sources=apart(found.sources, found.grown))
        if not any(source.tables for source in found.sources):
            raise ScopeWithheld(
                f"the scope of {dataset} is not told: that needs {REPORT_PEOPLE_MINIMUM} people in"
                " a source, and columns that say something of them",
                hint="[scope] of the mapping names these columns; a source is counted when read",
            )
        return _report_of(found, self._program)

    def signed(self, dataset: str) -> str:
        """Return the report of a published dataset as a compact JWS.

        Raises:
            UnknownDataset, ScopeWithheld: as of `report`.
        """
        return self._signing_key().sign(REPORT_KIND, self.report(dataset).to_json())

    def public_jwk(self) -> str:
        """Return the public key that reports are checked by, as a JWK."""
        return self._signing_key().public_jwk()


@dataclass(frozen=True, slots=True)
class VerifiedReport:
    """A report whose signature holds, and by whose key."""

    report: ScopeReport
    thumbprint: str


def verify_report(signed: str, keys: str, *, today: date) -> VerifiedReport:
    """Return a report whose signature holds and that is not expired.

    Args:
        signed: the compact JWS.
        keys: the public key (JWK), or several (JWK set), of who should have signed it.
        today: UTC.

    Raises:
        InvalidKey: there is no usable key.
        SignatureMismatch: another key signed it, it was changed, or it is no scope report.
        InvalidMessage: it is signed, and cannot be read.
        ReportExpired: it is signed, and not to be taken for current any more.
    """
    known = public_keys(keys)
    thumbprint = signer_of(signed)
    if thumbprint not in known:
        raise SignatureMismatch(
            f"the report says that the key {thumbprint} signed it, which was not given",
            hint=f"given: {', '.join(known)}; the publisher's are at /.well-known/jwks.json",
        )
    document = verify_signed(REPORT_KIND, signed, known[thumbprint])
    report = ScopeReport.from_json(document)
    # Otherwise the fingerprint by which it is cited would not be that of what is signed.
    if report.to_json() != document:
        raise InvalidMessage("the report tells something that this program does not read")
    if today >= report.expires_on:
        raise ReportExpired(
            f"the report is signed as it should be, and expired on {report.expires_on}",
            hint="ask the publisher for a newer one; the dataset may have come to its end",
        )
    return VerifiedReport(report, thumbprint)


def _report_of(found: PublishedScope, program: str) -> ScopeReport:
    parameters = found.parameters
    schemes = parameters.schemes
    return ScopeReport(
        dataset=parameters.dataset,
        title=parameters.title,
        breach_date=parameters.breach_date,
        epoch=parameters.epoch,
        published_at=parameters.published_at,
        made_at=parameters.published_at,
        expires_on=parameters.ends_on,
        program=program,
        method={**METHOD, "comparison": comparison_of(found)},
        commitment={n: s.commitment for n, s in schemes.items() if s.commitment is not None},
        schemes={name: _scheme(s, parameters.rows) for name, s in schemes.items()},
        sources=found.sources,
    )


def _scheme(scheme: SchemeParameters, rows: int) -> SchemeScope:
    return SchemeScope(scheme.entries, scheme.rows, scheme.rows / rows if rows else 0.0)
