"""What a string match and a regular expression are to the engines, and which expressions are refused.

The syntax is PCRE's without what needs backtracking: back-references, looking around, atomic groups and possessive quantifiers,
which AWS WAF refuses too. Expressions are matched against bytes; the dot does not match a line's end unless `(?s)` says so.
Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-regex-pattern-support.html
"""

from __future__ import annotations

from garrison.waf.patterns.engines import hyperscan_error, re2_error
from garrison.waf.patterns.weight import MOST_WEIGHT, MOST_WEIGHT_OF_RE2, weight

_NOT_WORD = b"[^0-9A-Za-z_]"
_CONSTRAINTS = {
    "EXACTLY": (b"\\A", b"\\z"),
    "STARTS_WITH": (b"\\A", b""),
    "ENDS_WITH": (b"", b"\\z"),
    "CONTAINS": (b"", b""),
    "CONTAINS_WORD": (b"(?:\\A|" + _NOT_WORD + b")", b"(?:\\z|" + _NOT_WORD + b")"),
}
"""What stands before and after the searched string."""


def literal(search: bytes, constraint: str) -> bytes:
    """The expression of a string match; the search string is taken byte by byte."""
    before, after = _CONSTRAINTS[constraint]
    return before + b"".join(b"\\x%02x" % byte for byte in search) + after


def regular(text: str) -> bytes:
    """The expression of a user's regular expression."""
    return text.encode("utf-8", "surrogatepass")


def refusal(text: str) -> str | None:
    """Why a regular expression cannot be used, in plain words; None when it can be."""
    found = weight(text)
    if found > MOST_WEIGHT:
        return f"its repetitions stand for {found:,} characters, which is more than {MOST_WEIGHT:,}"
    expression = regular(text)
    error = hyperscan_error(expression)
    if error is None or (found <= MOST_WEIGHT_OF_RE2 and re2_error(expression) is None):
        return None
    return error
