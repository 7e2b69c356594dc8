"""Every exception that is raised on purpose, in one tree. Imports nothing.

    ConcerneError
    ├── InvalidInput               what somebody sent is not acceptable; nothing was changed
    │   ├── InvalidField           one field of an identifier, with the reason
    │   ├── InvalidMapping         the mapping of a source's columns to fields
    │   ├── InvalidSource          the source cannot be read to its end
    │   │   ├── SourceDiffers      it is not the one that an interrupted run was reading
    │   │   ├── SourceRepeated     these very bytes are in the dataset already
    │   │   ├── TooManyRejects     more of its rows cannot be used than the operator accepts
    │   │   └── BeginningEnded     only its beginning was looked at, and there is more of it
    │   ├── RunDiffers             an interrupted run was begun with something else
    │   ├── InvalidWorkList        what a check wrote was edited away, or never was a work list
    │   ├── InvalidNotice          what a laboratory is to fill in before it tells people
    │   │   └── UnprintableLetter  a letter cannot be set as its recipient's name is written
    │   ├── InvalidIdentity        a file with the key that a source was encrypted to
    │   ├── InvalidMessage         a protocol message of the wrong shape
    │   ├── InvalidCredential      a text that is no credential, or was not copied to the letter
    │   ├── InvalidSettings        a setting that cannot be used
    │   ├── ReportExpired          a scope report that is not to be taken for current any more
    │   ├── SampleTooSmall         fewer identifiers than a share can be told of
    │   └── UnknownScheme
    ├── CryptographyError          what a peer, a file or a caller gave does not hold
    │   ├── InvalidElement         32 bytes that are no canonical ristretto255 encoding
    │   ├── IdentityElement        the neutral element, which no honest party ever sends
    │   ├── InvalidScalar          32 bytes that are no canonical scalar
    │   ├── InvalidKey             a key that cannot be a key: zero, wrong length, wrong point
    │   ├── BatchMismatch          as many answers as questions, or none at all
    │   ├── MalformedProof         not 64 bytes of two canonical scalars
    │   ├── ZeroProof              a proof with a zero in it, which no honest prover makes
    │   ├── ProofMismatch          the proof does not hold: another key, or items out of place
    │   ├── StretchRefused         stretch parameters beyond what a client accepts
    │   ├── SignatureMismatch      a signed document that its key did not sign, or of another kind
    │   ├── SealBroken             encrypted bytes that are damaged, or of another key
    │   └── AuditBroken            a link of the audit trail that does not hold
    ├── KeyRingError               the key ring on disk
    │   ├── KeyMissing
    │   ├── KeyExists
    │   └── KeyRingUnsafe          file modes that let others read a key
    ├── UnknownDataset
    ├── UnknownReportFile          a scope report has no file of that name
    ├── ScopeWithheld              a scope report that would tell of too few people
    ├── DatasetExists              the slug is taken
    ├── StateRefused               what is asked cannot follow the state that the dataset is in
    ├── IngestRunning              an ingest, or another command, holds the dataset
    ├── ErasureFailed              a dataset is published, but its source is still there
    ├── LedgerRefused              the ledger of who was told is held by another, or damaged
    ├── SchemeNotPermitted         the caller may not ask by this scheme
    ├── RoleNotPermitted           the caller's role does not have what is asked for
    ├── CredentialRefused          no credential that is valid now, for whatever reason
    ├── CrossSiteRequest           another site had a browser send it
    ├── NobodyAskedFor             an address of another API by which people are asked for
    ├── QuotaExhausted             more than the caller's quota; nothing was computed or spent
    ├── UnknownClient
    ├── ClientRevoked              a client who was revoked stays so
    ├── EpochGone                  the caller's epoch is not the current one any more
    ├── LimitExceeded              too many, with the seconds to wait
    └── Unavailable                unknown; never to be read as "not exposed"
        ├── Busy                   no capacity right now, with the seconds to wait
        ├── ServerUnreachable      the client's side: no usable answer came
        ├── ServerRefused          the client's side: a problem document came
        └── CheckStopped           the client's side: rows of a list are left that were not asked

Messages are safe to show and to log: they never hold an identifier, an element, a key or a row.
Each is rendered once, at the edge: as a problem document (`web.problems`) or as an `error:` line
and an exit code (`cli.main`).
"""

from __future__ import annotations


class ConcerneError(Exception):
    """Base of everything raised on purpose.

    Args:
        message: one sentence that says what and where, never the value.
        hint: what to do about it, or empty.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InvalidInput(ConcerneError):
    """What somebody sent is not acceptable; nothing was changed."""


class InvalidField(InvalidInput):
    """One field of an identifier is refused, before any query.

    Args:
        field: the field's name, as in the protocol (`nir`, `birth_date`, …).
        reason: a short stable word (`length`, `format`, `key`, `empty`, `characters`, …).
    """

    def __init__(self, field: str, reason: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.field = field
        self.reason = reason


class RunDiffers(InvalidInput):
    """An interrupted run was begun with something else than what is given now."""


class InvalidWorkList(InvalidInput):
    """A file is no work list, or not as a check wrote it in the columns that count."""


class InvalidNotice(InvalidInput):
    """A template folder lacks something, or has something that nobody may be sent."""


class UnprintableLetter(InvalidNotice):
    """A letter cannot be set in the fonts that there are."""


class InvalidMapping(InvalidInput):
    """The mapping of a source's columns to fields cannot be used."""


class InvalidSource(InvalidInput):
    """The source cannot be read to its end."""


class InvalidIdentity(InvalidInput):
    """A file with the key that a source was encrypted to cannot be used."""


class SourceDiffers(InvalidSource):
    """The source is not the one that the interrupted run was reading."""


class TooManyRejects(InvalidSource):
    """More rows of the source cannot be used than the operator accepts."""


class SourceRepeated(InvalidSource):
    """These very bytes were read into the dataset already."""


class BeginningEnded(InvalidSource):
    """Only the beginning of the source was looked at, and what is asked for stands behind it."""


class InvalidMessage(InvalidInput):
    """A protocol message does not have the shape that the protocol gives it."""


class InvalidCredential(InvalidInput):
    """A text is no credential, or was not copied to the letter."""


class InvalidSettings(InvalidInput):
    """A setting cannot be used."""


class ReportExpired(InvalidInput):
    """A scope report is signed as it should be, and is not to be taken for current any more."""


class SampleTooSmall(InvalidInput):
    """A file gives fewer identifiers than a share can be told of."""


class UnknownScheme(InvalidInput):
    """No scheme has that name."""


class CryptographyError(ConcerneError):
    """What a peer, a file or a caller gave does not hold."""


class InvalidElement(CryptographyError):
    """Not the canonical encoding of a ristretto255 element (RFC 9496 §4.3.1)."""


class IdentityElement(CryptographyError):
    """The neutral element, which RFC 9497 §2.1 tells every party to refuse."""


class InvalidScalar(CryptographyError):
    """Not a scalar in its canonical form: 32 bytes, little-endian, below the group's order."""


class InvalidKey(CryptographyError):
    """A key that cannot be a key."""


class BatchMismatch(CryptographyError):
    """A batch is empty, too large, or not as long as the one it answers."""


class MalformedProof(CryptographyError):
    """A proof is not two canonical scalars of 32 bytes each."""


class ZeroProof(CryptographyError):
    """A proof holds a zero scalar.

    An honest prover makes one with a probability of 2⁻²⁵², a lazy forger makes it first.
    """


class ProofMismatch(CryptographyError):
    """The proof does not hold for this public key and these elements in this order."""


class StretchRefused(CryptographyError):
    """Stretch parameters are malformed or above what a client agrees to compute."""


class SignatureMismatch(CryptographyError):
    """A signed document was not signed by this key, is damaged, or is of another kind."""


class SealBroken(CryptographyError):
    """Encrypted bytes are damaged, out of place, or were encrypted with another key."""


class AuditBroken(CryptographyError):
    """A link of the audit trail does not hold: something was changed, taken out or put in."""


class KeyRingError(ConcerneError):
    """The key ring on disk cannot do what was asked."""


class KeyMissing(KeyRingError):
    """The ring holds no key of that name."""


class KeyExists(KeyRingError):
    """The ring holds a key of that name already; keys are never overwritten."""


class KeyRingUnsafe(KeyRingError):
    """The files' modes let others than their owner read a key."""


class UnknownDataset(ConcerneError):
    """No published dataset has that slug."""


class ScopeWithheld(ConcerneError):
    """A scope report is not given: it was not counted, or would tell of too few people."""


class UnknownReportFile(ConcerneError):
    """A scope report has no file of that name."""


class DatasetExists(ConcerneError):
    """The slug is taken."""


class StateRefused(ConcerneError):
    """What is asked cannot follow the state that the dataset is in; nothing was changed."""


class IngestRunning(ConcerneError):
    """An ingest, or another command that changes it, holds the dataset."""


class ErasureFailed(ConcerneError):
    """A dataset is published, but its source, or part of it, is still there."""


class LedgerRefused(ConcerneError):
    """The ledger of who was told cannot be trusted or had, so that nobody is told by it."""


class SchemeNotPermitted(ConcerneError):
    """The caller may not ask this dataset by this scheme."""


class RoleNotPermitted(ConcerneError):
    """The caller's role does not have what is asked for."""


class CredentialRefused(ConcerneError):
    """No credential that is valid now came; which of the reasons it is, nobody is told."""


class NobodyAskedFor(ConcerneError):
    """A question by a person's data, at an address where there is none; nobody was looked up."""


class CrossSiteRequest(ConcerneError):
    """A request that another site had somebody's browser send; nothing was done for it."""


class QuotaExhausted(ConcerneError):
    """It would be more than the caller's quota; nothing was computed, and nothing spent."""


class UnknownClient(ConcerneError):
    """No client has that number."""


class ClientRevoked(ConcerneError):
    """The client was revoked, and stays so; nothing was changed."""


class EpochGone(ConcerneError):
    """The epoch that the caller works with is not the current one any more."""


class LimitExceeded(ConcerneError):
    """Too many; nothing was computed.

    Args:
        retry_after_seconds: whole seconds, at least 1, after which a retry can succeed.
    """

    def __init__(self, message: str, *, retry_after_seconds: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(ConcerneError):
    """The answer is unknown. Whoever catches this must not say "not exposed"."""


class Busy(Unavailable):
    """No capacity right now.

    Args:
        retry_after_seconds: whole seconds, at least 1, after which a retry can succeed.
    """

    def __init__(self, message: str, *, retry_after_seconds: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after_seconds = retry_after_seconds


class ServerUnreachable(Unavailable):
    """The client's side: no usable answer came."""


class ServerRefused(Unavailable):
    """The client's side: the server answered with a problem document.

    Args:
        status: the HTTP status.
        slug: the last part of the problem's `type`, or empty.
        contact: whom the server says to call, on one line, or empty.
        retry_after_seconds: what the server asked to wait, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        slug: str = "",
        contact: str = "",
        retry_after_seconds: int | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.slug = slug
        self.contact = contact
        self.retry_after_seconds = retry_after_seconds


class CheckStopped(Unavailable):
    """The check of a list ended before all of it was asked; what is left is unknown."""
