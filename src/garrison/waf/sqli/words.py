"""The words of SQL and the letter that each stands for in a fingerprint, read once from words.toml."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Final

LETTERS: Final = {
    "number": "n",
    "string": "s",
    "open": "S",  # a string that the value does not close
    "variable": "v",
    "constant": "b",
    "word": "w",
    "function": "f",
    "telling": "F",
    "catalogue": "C",
    "logic": "&",
    "comparison": "=",
    "arithmetic": "+",
    "concat": "|",
    "negation": "!",
    "union": "U",
    "select": "Q",
    "from": "m",
    "where": "h",
    "verb": "X",
    "noun": "T",
    "into": "I",
    "values": "V",
    "order": "B",
    "having": "H",
    "limit": "L",
    "outfile": "O",
    "wait": "D",
    "case": "y",
    "then": "t",
    "as": "a",
    "cast": "p",
    "charset": "r",
    "scientific": "e",
    "comment": "c",
    "other": "?",
}
"""What each letter of a fingerprint means; `( ) , ;` stand for themselves, `q` and `x` are made by folding (folding.py)."""

_TABLES = tomllib.loads((files(__package__) / "words.toml").read_text())
_FUNCTIONS = _TABLES["functions"]

KEYWORDS: Final[dict[bytes, str]] = {
    word.encode(): LETTERS[kind] for kind, words in _TABLES["keywords"].items() for word in words
}
PAIRS: Final[dict[tuple[bytes, bytes], str]] = {
    (first.encode(), second.encode()): LETTERS[kind]
    for pair, kind in _TABLES["pairs"].items()
    for first, second in [pair.split()]
}
"""Two words that are one token."""
FUNCTIONS: Final[dict[bytes, str]] = {word.encode(): LETTERS["function"] for word in _FUNCTIONS["plain"]} | {
    word.encode(): LETTERS["telling"] for word in _FUNCTIONS["telling"]
}
ENGLISH: Final = frozenset(word.encode() for word in _FUNCTIONS["english"])
"""Functions whose names are words of prose."""
TELLING_PREFIXES: Final = tuple(prefix.encode() for prefix in _FUNCTIONS["telling_prefixes"])
CATALOGUES: Final = frozenset(name.encode() for name in _TABLES["catalogues"]["names"])
TYPES: Final = frozenset(name.encode() for name in _TABLES["types"]["names"])


def letter(text: bytes, *, called: bool) -> str:
    """The letter of a word or dotted path in lower case; `called` says that a parenthesis follows."""
    keyword = KEYWORDS.get(text)
    if called and (function := FUNCTIONS.get(text)):
        return function if keyword is None or keyword in "bX" else keyword
    if keyword is not None:
        return keyword
    first, dot, rest = text.partition(b".")
    if text in CATALOGUES or first in CATALOGUES:
        return LETTERS["catalogue"]
    if text.startswith(TELLING_PREFIXES):
        return LETTERS["telling"] if called or text.startswith((b"xp_", b"dbms_", b"utl_")) else LETTERS["word"]
    if dot:
        last = rest.rpartition(b".")[2]
        return LETTERS["telling"] if last.startswith((b"xp_", b"sp_")) else LETTERS["word"]
    return LETTERS["word"]
