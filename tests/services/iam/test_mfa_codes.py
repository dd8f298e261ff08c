"""One-time passwords: the values of RFC 6238, what is accepted around now, and what an authenticator app is shown."""

from __future__ import annotations

import base64
import io
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import segno

from garrison.services.iam import mfa_codes as codes

RFC_SEED = b"12345678901234567890"
RFC_CODES = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}
"""RFC 6238, appendix B, SHA-1, the last six of the eight digits."""
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
STEP = codes.step_at(NOW)


def code(offset: int) -> str:
    return codes.code_of(RFC_SEED, STEP + offset)


@pytest.mark.parametrize(("seconds", "expected"), RFC_CODES.items())
def test_codes_are_those_of_the_rfc(seconds: int, expected: str) -> None:
    assert codes.code_of(RFC_SEED, codes.step_at(datetime.fromtimestamp(seconds, UTC))) == expected


@pytest.mark.parametrize(("offset", "matches"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_may_be_one_step_early_or_late(offset: int, matches: bool) -> None:
    found = codes.matching_step(RFC_SEED, code(offset), NOW, drift=0, after=-1)
    assert found == (STEP + offset if matches else None)


@pytest.mark.parametrize("drift", [-7, 7])
def test_a_drift_moves_what_is_accepted(drift: int) -> None:
    assert codes.matching_step(RFC_SEED, code(drift), NOW, drift=drift, after=-1) == STEP + drift
    assert codes.matching_step(RFC_SEED, code(0), NOW, drift=drift, after=-1) is None


def test_a_code_not_later_than_the_last_one_is_not_accepted() -> None:
    assert codes.matching_step(RFC_SEED, code(0), NOW, drift=0, after=STEP) is None
    assert codes.matching_step(RFC_SEED, code(-1), NOW, drift=0, after=STEP) is None
    assert codes.matching_step(RFC_SEED, code(1), NOW, drift=0, after=STEP) == STEP + 1


@pytest.mark.parametrize("end", [-20, -1, 0, 1, 20])
def test_two_codes_in_a_row_are_found_within_ten_minutes(end: int) -> None:
    assert codes.consecutive_step(RFC_SEED, code(end - 1), code(end), NOW, after=-1) == STEP + end


@pytest.mark.parametrize(("first", "second"), [(0, 0), (1, 0), (-2, 0), (20, 21), (-22, -21)])
def test_codes_out_of_order_or_too_far_off_are_not_found(first: int, second: int) -> None:
    assert codes.consecutive_step(RFC_SEED, code(first), code(second), NOW, after=-1) is None


def test_two_codes_in_a_row_are_not_found_again() -> None:
    assert codes.consecutive_step(RFC_SEED, code(-1), code(0), NOW, after=STEP) is None


def test_the_uri_carries_seed_name_and_account() -> None:
    seed = codes.new_seed()
    uri = urlsplit(codes.otpauth_uri(seed, "alice+phone", "my account"))
    assert (uri.scheme, uri.netloc, unquote(uri.path)) == ("otpauth", "totp", "/alice+phone@my account")
    assert parse_qs(uri.query) == {"secret": [base64.b32encode(seed).decode()], "issuer": ["Garrison"]}
    assert len(codes.base32(seed)) == 64


def test_the_qr_code_is_a_png_of_the_uri() -> None:
    uri = codes.otpauth_uri(codes.new_seed(), "alice", "123456789012")
    expected = io.BytesIO()
    segno.make_qr(uri, error="m").save(expected, kind="png", scale=5)
    image = codes.qr_png(uri)
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    assert image == expected.getvalue()


def test_the_terminal_shows_every_module_of_the_qr_code() -> None:
    uri = codes.otpauth_uri(codes.new_seed(), "alice", "123456789012")
    matrix = [list(row) for row in segno.make_qr(uri, error="m").matrix_iter(border=2)]
    light = {"█": (True, True), "▀": (True, False), "▄": (False, True), " ": (False, False)}
    shown: list[list[bool]] = []
    for line in codes.qr_text(uri).split("\n"):
        shown += [[light[mark][half] for mark in line] for half in (0, 1)]
    assert shown[: len(matrix)] == [[not dark for dark in row] for row in matrix]
