"""Time-based one-time passwords of virtual MFA devices: seeds, codes, and what an authenticator app is shown.

RFC 6238 with SHA-1, six digits and steps of 30 seconds, as every authenticator app has it; RFC 6238, 6, for the drift.
"""

from __future__ import annotations

import base64
import hmac
import io
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

STEP_SECONDS = 30
DIGITS = 6
SEED_BYTES = 40
"""320 bits: 64 characters in Base32, as AWS's seeds have."""
SKEW_STEPS = 1
"""How many steps a code may be early or late (RFC 6238, 5.2, recommends one at most)."""
RESYNC_STEPS = 20
"""How far a device's clock may stand off when it shows two codes in a row: ten minutes."""
ISSUER = "Garrison"

_PNG_SCALE = 5


def new_seed() -> bytes:
    """A fresh seed."""
    return secrets.token_bytes(SEED_BYTES)


def base32(seed: bytes) -> str:
    """A seed as authenticator apps take it."""
    return base64.b32encode(seed).decode()


def step_at(at: datetime) -> int:
    """The number of the step that a time is in."""
    return int(at.timestamp()) // STEP_SECONDS


def code_of(seed: bytes, step: int) -> str:
    """The code that a device shows in a step."""
    return HOTP(seed, DIGITS, SHA1()).generate(step).decode()  # noqa: S303 - HMAC-SHA-1, as RFC 6238 has it


def matching_step(seed: bytes, code: str, at: datetime, *, drift: int, after: int) -> int | None:
    """The step whose code this is, around a time and a device's drift; None where there is none later than `after`."""
    middle = step_at(at) + drift
    found: int | None = None
    for step in range(middle - SKEW_STEPS, middle + SKEW_STEPS + 1):
        # Each candidate is compared, so that the time taken says nothing of how near a guess came.
        if _same(code_of(seed, step), code) and step > after:
            found = step
    return found


def consecutive_step(seed: bytes, first: str, second: str, at: datetime, *, after: int) -> int | None:
    """The step of the second of two codes in a row, within `RESYNC_STEPS` of a time and later than `after`; or None."""
    middle = step_at(at)
    codes = [code_of(seed, step) for step in range(middle - RESYNC_STEPS - 1, middle + RESYNC_STEPS + 1)]
    found: int | None = None
    nearest = RESYNC_STEPS + 1
    for index in range(len(codes) - 1):
        step = middle - RESYNC_STEPS + index
        matches = _same(codes[index], first) & _same(codes[index + 1], second)
        if matches and step > after and abs(step - middle) < nearest:
            found, nearest = step, abs(step - middle)
    return found


def otpauth_uri(seed: bytes, name: str, account_name: str) -> str:
    """The URI behind a device's QR code, in the form that CreateVirtualMFADevice documents."""
    parameters = urlencode({"secret": base32(seed), "issuer": ISSUER})
    return f"otpauth://totp/{quote(f'{name}@{account_name}', safe='@')}?{parameters}"


def qr_png(uri: str) -> bytes:
    """A URI as a QR code in a PNG image."""
    import segno

    image = io.BytesIO()
    segno.make_qr(uri, error="m").save(image, kind="png", scale=_PNG_SCALE)
    return image.getvalue()


def qr_text(uri: str) -> str:
    """A URI as a QR code of block characters, two rows a line, light on dark, for terminals."""
    import segno

    rows = [[not dark for dark in row] for row in segno.make_qr(uri, error="m").matrix_iter(border=2)]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    blocks = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
    return "\n".join(
        "".join(blocks[upper, lower] for upper, lower in zip(rows[index], rows[index + 1], strict=True))
        for index in range(0, len(rows), 2)
    )


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode())
