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
    "{v}": "[nsSvbwfgFqxCi]",  # an operand
    "{l}": "[nsSvbi]",  # one that is written out
    "{f}": "[fgF]",  # a call
    "{c}": "[=<]",  # a comparison
    "{end}": r"(?:;?[ck]|;?\Z|;)",
    "{tail}": "(?:;?[ck]|;)",
    "{quote}": "['\"`]\\)*",  # a string that the value has left
    "{any}": "['\"`^~]",
    "{left}": r"(?:['\"`]|\^[nvb])\)*",  # where the operand ends that the statement had room for
    "{object}": r"(?:XT|XIT?[wC]|Xm[wC]|Xw\(*X|Xwx?V|Xv|E[vF]|Ew[svnc]|X[ck])",  # a verb with what it acts on
    "{list}": "(?:[nsSvbfgFqxC,+]|w,)",  # what is selected, as prose does not say it
}


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    level: Level
    pattern: str
    """Over letters (words.LETTERS), with the macros above."""


SHAPES: Final = (
    # Conditions that are always true, or ask a question bit by bit.
    Shape("tautology", "LOW", r"{left}[&|]!?\(*{l}\)*{c}\(*{v}"),
    Shape("tautology", "LOW", r"{left}&!?x"),
    Shape("tautology", "LOW", r"(?:{any}{v}?\)*&!?[ns]|(?:{left}|\^w\)*)&!?w)=\(*i"),
    Shape("tautology", "LOW", r"\^[sw]?\)*&[ns][=]{l}(?:\Z|[&);ckUL=p])"),
    Shape("tautology", "LOW", r"{quote}&!?(?:[nbvi]|w=[nsSvbi])\)*{tail}"),
    Shape("tautology", "LOW", r"\^n\)*&!?b{end}"),
    Shape("condition", "LOW", r"{quote}&!?[wfgC]\(?=\(*{v}"),
    Shape("condition", "LOW", r"{quote}&!?[fg]p?{tail}|\^&!?[fg]=[nsS]"),
    Shape("tautology", "LOW", r"{quote}&!?\(*[nbvi]\)*[&L]"),
    Shape("tautology", "LOW", r"{quote}=i"),
    Shape("comparison", "LOW", r"{quote}[+=<|][nsbv]\)*{tail}"),
    Shape("condition", "LOW", r"{any}{v}?\)*[&,(]*!?y(?:n[=<]|q)"),
    Shape("condition", "LOW", r"{left}&!?\(*[fFqv][=<+|]"),
    Shape("condition", "LOW", r"(?:{left}|\^w|~)&!?(?:\(+Q|q|{v}{c}\(*[qF]|F)"),
    # More rows from another query.
    Shape("union", "LOW", r"{left}U\(*!?Q"),
    Shape("union", "LOW", r"{any}[^U]?\)*U!?\(*Q!?\(*(?:{list}|wm[wCq(])"),
    Shape("union", "LOW", r"{left}U!?\(*(?:q|V[x(])"),
    # A second statement.
    Shape("stacked", "LOW", r"{any}{v}?\)*;+{object}"),
    Shape("stacked", "LOW", r"{left};+(?:D|Q{list})"),
    Shape("stacked", "LOW", r"{quote};+[XE](?:\Z|[ck;])"),
    # Functions that act, tell or wait.
    Shape("waiting", "LOW", r"{any}{v}?\)*;?D[sSvn(q]"),
    Shape("telling function", "LOW", r"{left}[&=<+|,;(]+F"),
    Shape("telling function", "LOW", r"{any}[^F]{0,6}[QU&][(,+|=<]*F"),
    Shape("telling function", "LOW", r"\^;?F(?:\Z|;?[ck])"),
    Shape("file", "LOW", r"{any}O[sSnv]"),
    Shape("procedure", "LOW", r"{any}E[vF]|{any}Xv"),
    # Where databases describe themselves, and queries inside the statement.
    Shape("catalogue", "LOW", r"{any}.{0,10}m\(*C"),
    Shape("subquery", "LOW", r"{left}[+=<|,(]*(?:q|\(Q)"),
    Shape("subquery", "LOW", r"\^\(*Q[^;QU]{0,8}{list}[^;QU]{0,8}m\(*(?:C|q|w(?:[hLBck;)]|\Z))"),
    Shape("subquery", "LOW", r"\^\(*Q[^;]{0,8}\(Q"),
    # The rest of the statement cut off.
    Shape("truncation", "LOW", r"{quote};?c\Z"),
    # Questions about the statement itself.
    Shape("probing", "LOW", r"{left}B(?:n\Z|[nw]\)*(?:;?[ckd]|;)|n,|.{1,6}H)"),
    Shape("probing", "LOW", r"{left}[HL](?:n[=<,]|n\Z|nc)"),
    Shape("cast", "LOW", r"{any}&?sp"),
    # Pieces put together.
    Shape("concatenation", "LOW", r"{quote}[|+](?:[fFq]|\(Q)|{quote}\|[nsbv][=<|+]"),
    Shape("scientific", "LOW", r"\^n?&?e"),
    # From here on: what ordinary text may have too.
    Shape("tautology", "HIGH", r"\^[sw]\)*&!?x"),
    Shape("tautology", "HIGH", r"{any}[^&]?\)*&!?(?:n=\(*[nsSvbfgFqxCi]|s=\(*{v})"),
    Shape("tautology", "HIGH", r"(?:{quote}|\^n\)*)&!?\(*[nsvbifgFqxC]\)*{end}"),
    Shape("condition", "HIGH", r"(?:{quote}|\^[nw]?\)*)&!?(?:\(*{f}|w{c}\(*[nsSvbifq])"),
    Shape("condition", "HIGH", r"~&!?\(*f=[nsS]"),
    Shape("union", "HIGH", r"{any}[^U]?\)*U!?\(*Q(?!w[wX]|w?\Z|X)"),
    Shape("union", "HIGH", r"['\"`^]U!?\(*Q\Z"),
    Shape("union", "HIGH", r"{left}U!?\(*Tw"),
    Shape("stacked", "HIGH", r"{any}{v}?\)*;+Ew"),
    Shape("stacked", "HIGH", r"{any}{v}?\)*;+(?:X[Tw][=(;mI]|Q(?!ww))"),
    Shape("stacked", "HIGH", r"{quote};+[XE]"),
    Shape("statement", "HIGH", r"{any}\(*Q!?(?:{l},)*\(*(?:[fgF]|[vG]|[^;QU]{0,8}[BH])"),
    Shape("statement", "HIGH", r"{any}\(*Q!?[^;QU]{0,8}(?:{list}[^;QU]{0,6})m\(*[wC]"),
    Shape("statement", "HIGH", r"\^;?Q!?w(?:mw)(?:\Z|[hLBck;])"),
    Shape("statement", "HIGH", r"{any}[^X]?X(?:T!?w(?:[(;ckXx]|[^;]{0,20}r)|IT?w(?:\(|w\(|V|Q|x))"),
    Shape("case", "HIGH", r"{any}y{v}(?:{c}{v})?t"),
    Shape("telling function", "HIGH", r"{any}.{0,6}F"),
    Shape("call", "HIGH", r"\^[Q;,]?(?:f(?![w{])|g\()"),
    Shape("call", "HIGH", r"{quote}[+|]?F?f[S=<|+c]"),
    Shape("catalogue", "HIGH", r"{any}.{0,3}C"),
    Shape("comparison", "HIGH", r"\^(?:s=S|&s=|s{c}s{c}|\)+=\()"),
    Shape("concatenation", "HIGH", r"{quote}\+s[=<]"),
    Shape("comparison", "HIGH", r"`=\Z"),
    Shape("cast", "HIGH", r"(?:\^(?:[swfFT]|Tw)|~)p(?:\Z|[=<|+&])"),
    Shape("alias", "HIGH", r"[`^]n?a[sSw]m"),
    Shape("truncation", "HIGH", r"(?:{quote};?[ck]|\^n\)*;?c)\Z"),
    Shape("truncation", "HIGH", r"\A{quote};\Z"),
)


def _expand(pattern: str) -> str:
    for _ in range(2):
        for macro, text in _MACROS.items():
            pattern = pattern.replace(macro, text)
    return pattern


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
