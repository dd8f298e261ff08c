"""Maven's order. Source: Maven's POM reference, "Version Order Specification"."""

from __future__ import annotations

import re
from typing import NamedTuple

from garrison.scan.vulnerabilities.versions.encoding import number

_TOKENS = re.compile(r"([.-]?)([0-9]+|[^0-9.-]+|(?=[.-])|$)")
_EARLIER = {"alpha": 1, "beta": 2, "milestone": 3, "rc": 4, "cr": 4, "snapshot": 5}
"""Words that come before the release."""
_RELEASE = {"", "final", "ga", "release"}
_SHORT = {"a": "alpha", "b": "beta", "m": "milestone"}
"""Only with a number right behind them."""
_BEFORE, _ZERO_DASH, _ZERO_DOT, _END, _SERVICE, _AFTER, _DASH, _DOT = (bytes((n,)) for n in range(1, 9))


class _Token(NamedTuple):
    separator: str
    text: str

    @property
    def is_number(self) -> bool:
        return self.text.isdigit()

    @property
    def is_null(self) -> bool:
        return self.text in _RELEASE or (self.is_number and not self.text.strip("0"))


def maven_key(version: str) -> bytes:
    """Tokens between dots, dashes and changes of digits to letters, nulls trimmed; numbers come after words."""
    made, is_earlier = _END, False
    for token in reversed(_trimmed(_tokens(version.strip().lower()))):
        made, is_earlier = _before(token, made, is_earlier)
    return made


def _before(token: _Token, rest: bytes, rest_is_earlier: bool) -> tuple[bytes, bool]:
    """The key with a token put in front, and whether it comes before the end, that is, before nothing at all."""
    if not token.is_number:
        if token.text in _EARLIER:
            return _BEFORE + bytes((_EARLIER[token.text],)) + rest, True
        if token.text == "sp":
            return _SERVICE + rest, False
        return _AFTER + token.text.encode("utf-8", "replace") + b"\x00" + rest, False
    if token.is_null and rest_is_earlier:  # equal to padding, so that the rest decides
        return (_ZERO_DASH if token.separator == "-" else _ZERO_DOT) + rest, True
    return (_DASH if token.separator == "-" else _DOT) + number(token.text) + rest, False


def _tokens(version: str) -> list[_Token]:
    found: list[_Token] = []
    matches = [match for match in _TOKENS.finditer(version) if match[0]]
    for at, match in enumerate(matches):
        separator, text = match[1], match[2] or "0"
        if not separator and found:
            separator = "-"  # a change between digits and letters
        if text in _SHORT and at + 1 < len(matches) and not matches[at + 1][1] and matches[at + 1][2].isdigit():
            text = _SHORT[text]
        found.append(_Token(separator or ".", text))
    return found


def _trimmed(tokens: list[_Token]) -> list[_Token]:
    """Without the nulls at the end and before each dash."""
    kept: list[_Token] = []
    for token in tokens:
        if token.separator == "-":
            _drop_nulls(kept)
        kept.append(token)
    _drop_nulls(kept)
    return kept


def _drop_nulls(tokens: list[_Token]) -> None:
    while tokens and tokens[-1].is_null:
        tokens.pop()
