// Every error that is thrown on purpose, in one tree. Imports nothing.
//
//     ConcerneError
//     ├── InvalidInput             what the caller gave cannot be asked; nobody was asked anything
//     │   ├── InvalidField         one field of an identifier, with the reason
//     │   └── UnknownScheme
//     └── CouldNotCheck            unknown; never to be read as "not exposed"
//         ├── ServerUnreachable    no whole response came
//         ├── ServerRefused        a response with another status than 200
//         ├── EpochGone            the key changed while asking
//         ├── SchemeNotOffered     the dataset cannot be asked by this scheme
//         ├── InvalidMessage       a document of the wrong shape
//         ├── UnknownProtocol      another version or mode of the protocol than this client speaks
//         ├── UnknownSuite         another group or hash
//         ├── UnknownNormalisation other rules for what makes two values the same
//         ├── StretchRefused       Argon2id parameters beyond what a client computes
//         ├── StretchFailed        this device could not compute Argon2id
//         ├── InvalidElement       32 bytes that are no canonical ristretto255 encoding
//         ├── IdentityElement      the neutral element, which no honest party ever sends
//         ├── InvalidScalar        32 bytes that are no canonical scalar
//         ├── InvalidKey           a public key that cannot be one
//         ├── BatchMismatch        not as many answers as questions, or none at all
//         ├── MalformedProof       not 64 bytes of two canonical scalars
//         ├── ZeroProof            a proof with a zero in it, which no honest prover makes
//         ├── ProofMismatch        the proof does not hold: another key, or items out of place
//         ├── WrongRangeLength     a range of another length than the epoch's
//         ├── RangeOutOfOrder      a range that is not in ascending order
//         └── InternalFault        a fault of this program
//
// Messages are for logs and developers. They never hold an identifier, an element or a key, and no
// error has a `cause`, whose message might: a page translates `reason` or `kind` instead.

/** Base of everything thrown on purpose. */
export class ConcerneError extends Error {}

/** What the caller gave cannot be asked; nobody was asked anything. */
export class InvalidInput extends ConcerneError {}

export type Reason =
  | 'length'
  | 'empty'
  | 'format'
  | 'characters'
  | 'key'
  | 'calendar'
  | 'range'
  | 'missing'
  | 'unexpected';

/** One field of an identifier is refused, before any query. */
export class InvalidField extends InvalidInput {
  /** The field's name as in the protocol (`nir`, `birth_date`, …), or `unknown`. */
  readonly field: string;
  readonly reason: Reason;

  constructor(field: string, reason: Reason, message: string) {
    super(message);
    this.field = field;
    this.reason = reason;
  }
}

/** No scheme has that name. */
export class UnknownScheme extends InvalidInput {}

/** What stays the same for a page that translates, whatever a bundler makes of class names. */
export type Kind =
  | 'unreachable'
  | 'refused'
  | 'epoch-gone'
  | 'scheme-not-offered'
  | 'message'
  | 'protocol'
  | 'suite'
  | 'normalisation'
  | 'stretch-refused'
  | 'stretch-failed'
  | 'element'
  | 'identity'
  | 'scalar'
  | 'key'
  | 'batch'
  | 'proof-malformed'
  | 'proof-zero'
  | 'proof-mismatch'
  | 'range-length'
  | 'range-order'
  | 'internal';

/** The answer is unknown. Whoever catches this must not say "not exposed". */
export abstract class CouldNotCheck extends ConcerneError {
  abstract readonly kind: Kind;
}

/** No whole response came: no connection, a redirect, or too late. */
export class ServerUnreachable extends CouldNotCheck {
  readonly kind = 'unreachable';
}

/** The server answered with another status than 200. */
export class ServerRefused extends CouldNotCheck {
  readonly kind = 'refused';
  readonly status: number;
  /** The last part of the problem document's `type`, or empty. */
  readonly slug: string;
  /** How long the server asked to wait, or null. */
  readonly retryAfterSeconds: number | null;

  constructor(status: number, slug: string, retryAfterSeconds: number | null) {
    super(`the server refused with status ${status}`);
    this.status = status;
    this.slug = slug;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The epoch that the question was prepared for is not the current one any more. */
export class EpochGone extends CouldNotCheck {
  readonly kind = 'epoch-gone';
}

/** The dataset has no index of this scheme. */
export class SchemeNotOffered extends CouldNotCheck {
  readonly kind = 'scheme-not-offered';
}

/** A document or a value in it does not have the shape that the protocol gives it. */
export class InvalidMessage extends CouldNotCheck {
  readonly kind = 'message';
}

/** The server speaks another version or mode of the protocol. */
export class UnknownProtocol extends CouldNotCheck {
  readonly kind = 'protocol';
}

/** The server computes in another group, or with another hash. */
export class UnknownSuite extends CouldNotCheck {
  readonly kind = 'suite';
}

/** The server has other rules for identifiers; asked by ours, an exposed person could be missed. */
export class UnknownNormalisation extends CouldNotCheck {
  readonly kind = 'normalisation';
}

/** Stretch parameters are malformed or above what a client agrees to compute. */
export class StretchRefused extends CouldNotCheck {
  readonly kind = 'stretch-refused';
}

/** This device could not compute the stretch, most likely for want of memory. */
export class StretchFailed extends CouldNotCheck {
  readonly kind = 'stretch-failed';
}

/** Not the canonical encoding of a ristretto255 element (RFC 9496 §4.3.1). */
export class InvalidElement extends CouldNotCheck {
  readonly kind = 'element';
}

/** The neutral element, which RFC 9497 §2.1 tells every party to refuse. */
export class IdentityElement extends CouldNotCheck {
  readonly kind = 'identity';
}

/** Not a scalar in its canonical form: 32 bytes, little-endian, below the group's order. */
export class InvalidScalar extends CouldNotCheck {
  readonly kind = 'scalar';
}

/** A public key that is no element. */
export class InvalidKey extends CouldNotCheck {
  readonly kind = 'key';
}

/** A batch is empty, too large, or not as long as the one it answers. */
export class BatchMismatch extends CouldNotCheck {
  readonly kind = 'batch';
}

/** A proof is not two canonical scalars of 32 bytes each. */
export class MalformedProof extends CouldNotCheck {
  readonly kind = 'proof-malformed';
}

/**
 * A proof holds a zero scalar.
 *
 * An honest prover makes one with a probability of 2⁻²⁵², a lazy forger makes it first.
 */
export class ZeroProof extends CouldNotCheck {
  readonly kind = 'proof-zero';
}

/** The proof does not hold for this public key and these elements in this order. */
export class ProofMismatch extends CouldNotCheck {
  readonly kind = 'proof-mismatch';
}

/** A range is longer or shorter than its epoch's parameters promise. */
export class WrongRangeLength extends CouldNotCheck {
  readonly kind = 'range-length';
}

/** A range is not in ascending order. */
export class RangeOutOfOrder extends CouldNotCheck {
  readonly kind = 'range-order';
}

/** A fault of this program; what it was is not told, as its message could hold a value. */
export class InternalFault extends CouldNotCheck {
  readonly kind = 'internal';
}
