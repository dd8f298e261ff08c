"""The checksum of an object from those of its parts: a checksum of checksums, or for CRCs that of the whole.

Source: Amazon S3 User Guide, "Checking object integrity in Amazon S3", "Full object and composite checksum types".
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from garrison.services.s3.resources import Piece
from garrison.wire.checksums import checksum, combined


def whole_checksum(algorithm: str, kind: str, pieces: Sequence[Piece]) -> str | None:
    """The object's checksum in Base64, composite ones with `-N`; None where a part has none."""
    sums = [base64.b64decode(piece.checksum) for piece in pieces if piece.checksum is not None]
    if len(sums) != len(pieces):
        return None
    if kind == "COMPOSITE":
        return f"{checksum(algorithm.lower(), b''.join(sums))}-{len(sums)}"
    return combined(algorithm.lower(), [(one, piece.size_bytes) for one, piece in zip(sums, pieces, strict=True)])
