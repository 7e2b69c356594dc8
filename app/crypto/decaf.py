"""Loads libdecaf, where the machine has it: sums in ristretto255 without encodings between them.

libsodium takes encoded elements and gives one back: of the 10 µs of an addition, nearly all is
decoding and encoding. libdecaf (Debian's `libdecaf0`) leaves points as coordinates and adds two in
a quarter of one. It is asked for public sums alone (`multiscalar`): no key, no blind and no input
ever enters it, and without it everything works, slower.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import cache

from app.crypto.ristretto255 import ELEMENT_BYTES, Element, Sum
from app.errors import InvalidElement

# The version stands for the layout of a point (decaf/point_255.h): four coordinates of 40 bytes,
# each filled up to 64, at addresses that 32 divides; the same for words of 32 and of 64 bits.
_LIBRARY = "libdecaf.so.0"
_POINT_BYTES = 4 * 64
_ALIGNMENT = 32
_SUCCESS = -1
_IDENTITY_REFUSED = 0


class Points:
    """A row of points in memory, each the identity at first.

    Attributes:
        addresses: where each is, for as long as this object is.
    """

    __slots__ = ("_blank", "_memory", "addresses")

    def __init__(self, count: int, identity: bytes) -> None:
        self._blank = identity * count
        self._memory = ctypes.create_string_buffer(len(self._blank) + _ALIGNMENT)
        start = ctypes.addressof(self._memory)
        start += -start % _ALIGNMENT
        self.addresses = tuple(range(start, start + len(self._blank), _POINT_BYTES))
        self.clear()

    def clear(self) -> None:
        """Make each the identity again."""
        ctypes.memmove(self.addresses[0], self._blank, len(self._blank))


class Decaf:
    """What libdecaf is asked for. Its calls release the interpreter's lock.

    Attributes:
        add: write, to the first address, the sum of the points at the second and the third.
        double: write, to the first address, twice the point at the second.
    """

    def __init__(self, library: ctypes.CDLL) -> None:
        address = ctypes.c_void_p
        add, double = library.decaf_255_point_add, library.decaf_255_point_double
        add.argtypes, double.argtypes = [address] * 3, [address] * 2
        add.restype = double.restype = None
        self.add: Callable[[int, int, int], None] = add
        self.double: Callable[[int, int], None] = double
        self._decode, self._encode = library.decaf_255_point_decode, library.decaf_255_point_encode
        self._decode.argtypes = [address, ctypes.c_char_p, ctypes.c_size_t]
        self._encode.argtypes, self._encode.restype = [address, address], None
        identity = ctypes.c_char.in_dll(library, "decaf_255_point_identity")
        self._identity = ctypes.string_at(ctypes.addressof(identity), _POINT_BYTES)

    def identities(self, count: int) -> Points:
        """Return a row of one or more points, each the identity."""
        return Points(count, self._identity)

    def decode(self, elements: Sequence[Element]) -> Points:
        """Return one or more elements as points, in order.

        Raises:
            InvalidElement: one of them was never decoded, or is the identity.
        """
        points = self.identities(len(elements))
        for address, element in zip(points.addresses, elements, strict=True):
            if self._decode(address, element, _IDENTITY_REFUSED) != _SUCCESS:
                raise InvalidElement("not the canonical encoding of a ristretto255 element")
        return points

    def encode(self, address: int) -> Sum:
        """Return the point at an address as everybody writes it."""
        output = ctypes.create_string_buffer(ELEMENT_BYTES)
        self._encode(output, address)
        return Sum(output.raw)


@cache
def decaf() -> Decaf | None:
    """Return libdecaf, or nothing where the loader finds none."""
    try:
        library = ctypes.CDLL(_LIBRARY)
    except OSError:
        return None
    return Decaf(library)
