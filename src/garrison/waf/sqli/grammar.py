"""What an injection has to look like: shapes of fingerprints, each with the sensitivity from which it counts.

A shape reads a fingerprint from its point of entry on. LOW has those that ordinary text does not have; HIGH has all of them.
docs/decisions tells how they were derived.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

Level = Literal["LOW", "HIGH"]

_MACROS: Final = {
    "{v}": "[nsSvbwfFqxC]",  # an operand
    "{l}": "[nsSvb]",  # an operand that is written out
    "{g}": "[fFqxvb]",  # an operand that prose does not have
    "{end}": r"(?:;?c|;?\Z|;)",
    "{tail}": "(?:;?c|;)",
    "{quote}": "['\"`]",
    "{any}": "['\"`^~]",
    "{left}": r"(?:['\"`]|\^[nsvb])\)*",  # where a value ends that the statement had room for
    "{number}": r"\^n\)*",
}


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    level: Level
    pattern: str
    """Over letters (words.LETTERS), with the macros above."""


SHAPES: Final = (
    # Conditions that are always true, or ask a question bit by bit.
    Shape("tautology", "LOW", r"{left}&!?{l}\)*[=]\(*{v}"),
    Shape("tautology", "LOW", r"{left}&!?x"),
    Shape("tautology", "LOW", r"(?:{left}|{any})&!?{l}[=]{l}(?:\Z|[&);cUL])"),
    Shape("tautology", "LOW", r"\^w\)*&n=n"),
    Shape("tautology", "LOW", r"{quote}\)*&!?(?:[nbv]|w=)\)*{tail}"),
    Shape("condition", "LOW", r"{quote}\)*&!?[wfC]\(?=\(*{v}"),
    Shape("condition", "LOW", r"{left}&!?[{g_}][=+|]"),
    Shape("condition", "LOW", r"(?:{left}|\^w|~)&!?(?:\(*Q|q|{v}=\(*[qF]|F)"),
    # More rows from another query.
    Shape("union", "LOW", r"(?:{left}|\^w\)*)U\(*!?Q"),
    Shape("union", "LOW", r"{any}U!?\(*Q!?\(*(?:[nsSvbfFqxC]|\+|w,|wm|w\(|\Z)"),
    Shape("union", "LOW", r"{left}U!?\(*q"),
    # A second statement.
    Shape("stacked", "LOW", r"[^;]?\)*;(?:XT|X?I[wC]|Xm|Xw\(*Z|Xv|D|XF|X?E|X;|Xc)"),
    Shape("stacked", "LOW", r"{left};(?:X|Q|D)"),
    Shape("stacked", "LOW", r"[^;]?;Q!?(?:[nsSvfFqC]|\+|w,|wm)"),
    # Functions that act, tell or wait.
    Shape("waiting", "LOW", r"{any}[^;]?\)*;?D[sSvn(q]"),
    Shape("telling function", "LOW", r"{left}[&=+|,;(]*F"),
    Shape("telling function", "LOW", r"{any}[^F]{0,6}[QU&,(|+=;]F"),
    Shape("file", "LOW", r"{any}O[sSnv]"),
    Shape("procedure", "LOW", r"{any}X[vF]"),
    Shape("catalogue", "LOW", r"{any}.{0,10}m\(*C"),
    Shape("subquery", "LOW", r"{left}[+=|,(]*(?:q|\(Q)"),
    Shape("subquery", "LOW", r"{any}[^(]?\(*Q[nsvwfqC+,]{1,8}m\(*(?:C|q|w(?:[hLBc;)]|\Z))"),
    # The rest of the statement cut off.
    Shape("truncation", "LOW", r"{quote}\)*;?c\Z"),
    # Questions about the statement itself.
    Shape("probing", "LOW", r"{left}B(?:n|w\)*{tail}|n,)"),
    Shape("probing", "LOW", r"{left}[HL](?:n[=,]|n\Z|nc)"),
    Shape("cast", "LOW", r"{any}[&]?s[p]"),
    # Pieces put together.
    Shape("concatenation", "LOW", r"{quote}[|+](?:[fFq]|s=|s[|+]|\(Q)"),
    Shape("scientific", "LOW", r"\^(?:n?&?)e"),
    # From here on: what ordinary text may have too.
    Shape("tautology", "HIGH", r"{any}{v}?\)*&!?{v}=\(*{v}"),
    Shape("tautology", "HIGH", r"{left}&!?\(*[nbvsSfFqxC]\)*{end}"),
    Shape("condition", "HIGH", r"{any}{v}?\)*&!?(?:{g}|w\(?=)"),
    Shape("union", "HIGH", r"{any}U!?\(*Q"),
    Shape("stacked", "HIGH", r"{any}{v}?\)*;(?:X[Tw]|Q)"),
    Shape("statement", "HIGH", r"{any}Q!?\(*[^;Q]{1,12}m"),
    Shape("statement", "HIGH", r"{any}Q!?(?:[fFv]|.{0,8}[BH])"),
    Shape("statement", "HIGH", r"{any}XT!?w(?:[(;cXw]|\Z)"),
    Shape("statement", "HIGH", r"{any}XI[wT](?:\(|w\(|V|Q)"),
    Shape("case", "HIGH", r"{any}y.{1,6}t"),
    Shape("telling function", "HIGH", r"{any}.{0,4}F"),
    Shape("call", "HIGH", r"\^(?:Q|;)?f"),
    Shape("catalogue", "HIGH", r"{any}.{0,3}C"),
    Shape("comparison", "HIGH", r"\^s=s"),
    Shape("cast", "HIGH", r"\^[swfF]p"),
    Shape("alias", "HIGH", r"[`^]n?a[sSw]m"),
    Shape("truncation", "HIGH", r"{quote}\)*;\Z"),
    Shape("truncation", "HIGH", r"\^n\)*;?c\Z"),
)


def _expand(pattern: str) -> str:
    for _ in range(2):
        for macro, text in _MACROS.items():
            pattern = pattern.replace(macro, text)
    return pattern.replace("{g_}", "fFqxv")


def _compile(shapes: list[Shape]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<s{SHAPES.index(shape)}>{_expand(shape.pattern)})" for shape in shapes))


_PATTERNS: Final = {
    "LOW": _compile([shape for shape in SHAPES if shape.level == "LOW"]),
    "HIGH": _compile(list(SHAPES)),
}


def shape_of(letters: str, level: Level) -> tuple[Shape, int] | None:
    """The first shape that the fingerprint has and how many of its letters show it, or None."""
    found = _PATTERNS[level].match(letters)
    if found is None:
        return None
    return SHAPES[int((found.lastgroup or "s0")[1:])], found.end()
