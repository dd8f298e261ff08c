"""HEX_DECODE and SQL_HEX_DECODE."""

from __future__ import annotations

import re

from garrison.waf.transformations.registry import transformation

_PAIRS = re.compile(rb"(?:[0-9a-fA-F]{2})*")
_SQL = re.compile(rb"0[xX]((?:[0-9a-fA-F]{2})+)")


def _decode(pairs: bytes) -> bytes:
    return bytes.fromhex(pairs.decode("ascii"))


@transformation("HEX_DECODE", example=(b"3c7363726970743e", b"<script>"))
def hex_decode(value: bytes) -> bytes:
    """Decodes pairs of hexadecimal digits to bytes, up to the first that is none."""
    pairs = _PAIRS.match(value)
    return _decode(pairs[0]) if pairs else b""


@transformation("SQL_HEX_DECODE", example=(b"SELECT 0x414243", b"SELECT ABC"))
def sql_hex_decode(value: bytes) -> bytes:
    """Decodes the hexadecimal literals of SQL, wherever they stand: `0x414243` to `ABC`."""
    if b"0x" not in value and b"0X" not in value:
        return value
    return _SQL.sub(lambda found: _decode(found[1]), value)
