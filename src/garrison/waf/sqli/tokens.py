"""Cuts SQL into tokens as the databases at large would: whatever any of them takes for blank, string or comment is taken so here.

MySQL, PostgreSQL, SQL Server, Oracle and SQLite differ, and nobody tells a firewall which one stands behind it. Where they
differ the reading that lets an injection go on is taken. The expression below has possessive repetitions only, so each byte is
looked at a bounded number of times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from garrison.waf.sqli.words import LETTERS, TYPES, letter

WINDOW_BYTES: Final = 2048
"""How far after a point of entry tokens are looked for."""

_UTF8 = rb"[\xc2-\xf4][\x80-\xbf]++"
_WORD = rb"(?:[a-z_]|" + _UTF8 + rb"|[\x80-\x9f\xa1-\xff])(?:[\w$]|" + _UTF8 + rb"|[\x80-\x9f\xa1-\xff])*+"
_PATH = _WORD + rb"(?:\.++(?:" + _WORD + rb"|\*)?)*+"
_GLUED = rb"(?:or|and|xor|union|having|order|group|limit|like|between|in|is|div|mod|rlike|regexp|procedure|into|waitfor|from)\b"
_BLANK = rb"[\x00-\x20\xa0]"

TOKEN: Final = re.compile(
    rb"(?P<blank>"
    + _BLANK
    + rb"++|/\*!\d{0,6}+|\*/|/\*(?!!)(?:[^*]|\*(?!/))*+\*/|(?:--(?![\d(])|\#(?![>-]))[^\n]*+\n(?=\s*+\S))"
    rb"|(?P<comment>/\*|(?:--(?![\d(])|\#(?![>-]))[^\n]*+\s*+)"
    rb"|(?P<scientific>\d*+\.?e(?=[(.]))"
    rb"|(?P<number>(?:0x[\da-f]++|0b[01]++|(?:\d++(?:\.\d*+)?|\.\d++)(?:e[+-]?+\d++)?+)(?![\w$\x80-\xff])|\d++(?:\.\d*+)?(?="
    + _GLUED
    + rb"))"
    rb"|(?P<string>(?:[nxbeq]|_\w++|u&)?'(?:[^'\\]|\\.|'')*+'|(?:_\w++)?\"(?:[^\"\\]|\\.|\"\")*+\")"
    rb"|(?P<open>(?:[nxbeq]|_\w++|u&)?['\"])"
    rb"|(?P<constant>\\N)"
    rb"|(?P<call>" + _PATH + rb"(?=\s*+(?:/\*[^*]*+\*/\s*+)?+\())"
    rb"|(?P<path>" + _PATH + rb")"
    rb"|(?P<word>`[^`]*+`(?:\.`[^`]*+`)*+|\[[a-z_][\w ]*+\]|\d[\w$\x80-\xff]*+)"
    rb"|(?P<variable>@{1,2}+(?:[\w$]++(?:\.[\w$]++)*+|[`'\"][^`'\"]*+[`'\"]|\.?(?=\s*+:?=)))"
    rb"|(?P<cast>::\s*+\w++(?:\[\])?+(?:\s++precision|\s++varying)?+)"
    rb"|(?P<logic>&&)"
    rb"|(?P<concat>\|\|)"
    rb"|(?P<comparison><=>|<>|!=|==|<@|<=|>=|->>?+|<|>|!<|!>|\^=|:=|!~\*?+|~\*|=|@>|@\?|@@|\?[|&]|\#>>?+|\#-|\?(?=\s*+'))"
    rb"|(?P<arithmetic><<|>>|[-+*/%^&|])"
    rb"|(?P<negation>[!~])"
    rb"|(?P<brace>\{(?:\s*+[a-z]++(?=[\s(]))?+)"
    rb"|(?P<mark>[(),;}])"
    rb"|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_MARKS = {b"}": ")"}


def tokens(value: bytes, at: int) -> Iterator[tuple[str, bytes, int]]:
    """The tokens from the byte `at` on: letter, text in lower case where it is a word, and where it ends. Blank is left out."""
    end = min(len(value), at + WINDOW_BYTES)
    match = TOKEN.match
    while at < end and (found := match(value, at, end)):
        at = found.end()
        kind = found.lastgroup
        if kind in {"path", "call"}:
            text = found.group().lower().rstrip(b".*")
            yield letter(text, called=kind == "call"), text, at
        elif kind == "mark":
            text = found.group()
            yield _MARKS.get(text) or text.decode(), text, at
        elif kind == "brace":
            yield "(", b"", at
        elif kind == "open":
            yield LETTERS["open"], value[at:end], end
            return
        elif kind == "comment":
            yield LETTERS["comment"], found.group(), end
            return
        elif kind == "cast":
            yield (LETTERS["cast"] if _is_type(found.group()) else LETTERS["other"]), b"", at
        elif kind != "blank":
            assert kind is not None
            yield LETTERS[kind], found.group(), at


def _is_type(text: bytes) -> bool:
    return text[2:].split()[0].rstrip(b"[]").lower() in TYPES
