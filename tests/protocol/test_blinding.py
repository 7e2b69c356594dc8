"""Blinds that are a function of the question: the same for the same, and good for RFC 9497."""

from __future__ import annotations

import voprf.ristretto as other

from app.crypto import oprf
from app.crypto import ristretto255 as group
from app.crypto.keys import EvaluationKey
from app.crypto.stretch import Stretched
from app.protocol.blinding import BlindingKey
