"""Cuts SQL into tokens as the databases at large would: whatever any of them takes for blank, string or comment is taken so here.

MySQL, PostgreSQL, SQL Server, Oracle and SQLite differ, and nobody tells a firewall which one stands behind it. Where they
differ the reading that lets an injection go on is taken. The expression below has possessive repetitions only, so each byte is
looked at a bounded number of times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from garrison.waf.sqli.words import ENGLISH, LETTERS, TYPES, letter

WINDOW_BYTES: Final = 1024
"""How far after a point of entry tokens are looked for."""

_BLANK = rb"(?:[\x00-\x20\xa0]++|/\*!\d{0,6}+|\*/|/\*(?!!)(?:[^*]|\*(?!/))*+\*/|(?:--(?![\d(])|\#(?![>-]))[^\n]*+\n(?=\s*+\S))*+"
_UTF8 = rb"[\xc2-\xf4][\x80-\xbf]++"
_WORD = rb"(?:[a-z_]|" + _UTF8 + rb"|[\x80-\x9f\xa1-\xff])(?:[\w$]|" + _UTF8 + rb"|[\x80-\x9f\xa1-\xff])*+"
_PATH = rb"(?!(?:[nxbeq]|_\w++)'|[nu]&')" + _WORD + rb"(?:\.++(?:" + _WORD + rb"|\*)?)*+"
_QUOTED = rb"(?:[nxbeq]|_\w++|[nu]&)?+(?:'(?:[^'\\]|\\.|'')*+'|\"(?:[^\"\\]|\\.|\"\")*+\")"
_NUMBER = rb"(?:\d++(?:\.\d*+)?+|\.\d++)(?:e[+-]?+\d++)?+"
_GLUED = rb"(?:or|and|xor|union|having|order|group|limit|like|between|in|is|div|mod|rlike|regexp|procedure|into|waitfor|from)\b"

TOKEN: Final = re.compile(
    _BLANK + rb"(?:"
    rb"(?P<path>" + _PATH + rb")"
    rb"|(?P<scientific>\d*+\.?e(?=[(.]))"
    rb"|(?P<number>(?:0x[\da-f]++|0b[01]++|"
    + _NUMBER
    + rb")(?![\w$\x80-\x9f\xa1-\xff])|"
    + _NUMBER
    + rb"(?="
    + _GLUED
    + rb"))"
    rb"|(?P<mark>[(),;}])"
    rb"|(?P<string>" + _QUOTED + rb")"
    rb"|(?P<open>(?:[nxbeq]|_\w++|[nu]&)?+['\"])"
    rb"|(?P<comment>/\*|(?:--(?![\d(])|\#(?![>-]))[^\n]*+\s*+)"
    rb"|(?P<rank><=(?!>)|>=|<(?![=>@])|>(?!=)|!<|!>)"
    rb"|(?P<comparison>=+|<=>|<>|!=|<@|->>?+|\^=|:=|!~\*?+|~\*|@>|@\?|@@(?!\w)|\?[|&]|\#>>?+|\#-|\?(?=\s*+'))"
    rb"|(?P<word>`[^`]*+`(?:\.`[^`]*+`)*+|\[[a-z_][\w ]*+\]|\d[\w$\x80-\x9f\xa1-\xff]*+)"
    rb"|(?P<variable>@{1,2}+(?:[\w$]++(?:\.[\w$]++)*+|[`'\"][^`'\"]*+[`'\"]|\.?(?=\s*+:?=)))"
    rb"|(?P<cast>::\s*+\w++(?:\[\])?+(?:\s++precision|\s++varying)?+)"
    rb"|(?P<logic>&&)"
    rb"|(?P<concat>\|\|)"
    rb"|(?P<arithmetic>[-+*/%^&|])"
    rb"|(?P<negation>[!~])"
    rb"|(?P<odbc>\{\s*+(?:if|fn|oj|call|d|t|ts)(?=[\s(]))"
    rb"|(?P<brace>\{)"
    rb"|(?P<constant>\\n)"
    rb"|(?P<other>.))",
    re.DOTALL,
)
_BESIDE_REMARKS: Final = bytes(range(33)) + b"-#/*+'\");"
_CALLED = re.compile(rb"\s*+(?:/\*[^*]*+\*/\s*+)?\(")


def tokens(value: bytes, at: int) -> Iterator[tuple[str, bytes, int]]:
    """The tokens of a value in lower case from the byte `at` on: letter, text and where it ends. Blank is left out."""
    end = min(len(value), at + WINDOW_BYTES)
    match = TOKEN.match
    while at < end and (found := match(value, at, end)):
        at = found.end()
        kind = found.lastgroup or "other"
        text = found[kind]
        if kind == "path":
            text = text.rstrip(b".*")
            yield letter(text, called=_is_called(text, value, at)), text, at
        elif kind == "mark":
            yield ")" if text == b"}" else text.decode(), text, at
        elif kind == "odbc":
            yield "(", text, at
        elif kind == "open":
            yield LETTERS["open"], value[at:end], end
            return
        elif kind == "comment":
            yield LETTERS[_kind_of_comment(text)], text, at
        elif kind == "cast":
            yield LETTERS["cast" if _is_type(text) else "other"], text, at
        else:
            yield LETTERS[kind], text, at


def _is_called(name: bytes, value: bytes, at: int) -> bool:
    """Whether a parenthesis makes a name a call: after a word of prose there is a blank before it."""
    if value[at : at + 1] == b"(":
        return True
    if _CALLED.match(value, at) is None:
        return False
    return name not in ENGLISH or value.endswith(b"(") or value[at : at + 2] == b"/*"


def _is_type(text: bytes) -> bool:
    return text[2:].split()[0].rstrip(b"[]") in TYPES


def _kind_of_comment(text: bytes) -> str:
    """What a comment to the end says: an injection's has nothing or a random word in it, a sentence's has a sentence."""
    rest = text.lstrip(_BESIDE_REMARKS).rstrip(_BESIDE_REMARKS)
    if not rest:
        return "remark" if b"'" in text or b'"' in text else "comment"  # a quoted `--`
    return "note" if len(rest) <= 6 and rest.isalnum() else "remark"
