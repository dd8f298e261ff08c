"""Cut a query into words: names with their dots, texts, numbers and signs."""

from __future__ import annotations

import re
from typing import NamedTuple

from garrison.inventory.select.expressions import InvalidExpression

NAME, TEXT, NUMBER, SIGN, END = "name", "text", "number", "sign", "end"
MOST_CHARACTERS = 4096
"""Of a query. Source: AWS Config API reference, "SelectResourceConfig"."""
_WORD = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^']|'')*')
    |(?P<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?)(?![\w.])
    |(?P<name>[A-Za-z_][\w:/-]*(?:\.[\w:/-]+)*)
    |(?P<sign><>|!=|<=|>=|[=<>(),*])
    )""",
    re.VERBOSE,
)


class Word(NamedTuple):
    """A word of a query."""

    kind: str
    text: str
    """Without the quotes of a text."""
    at: int
    """Where it begins, for messages."""

    @property
    def keyword(self) -> str:
        """A name as keywords are compared; of anything else nothing."""
        return self.text.upper() if self.kind == NAME else ""


def words_of(expression: str) -> list[Word]:
    """The words, and one more at the end; raises `InvalidExpression` for what is none."""
    if len(expression) > MOST_CHARACTERS:
        raise InvalidExpression(f"The query is longer than {MOST_CHARACTERS} characters.")
    words, at, end = [], 0, len(expression.rstrip())
    while at < end:
        found = _WORD.match(expression, at)
        if found is None:
            start = at + len(expression[at:]) - len(expression[at:].lstrip())
            raise InvalidExpression(f"Syntax error at position {start + 1}: unexpected '{expression[start]}'.")
        kind = found.lastgroup or ""
        text = found[kind]
        words.append(Word(kind, text[1:-1].replace("''", "'") if kind == TEXT else text, found.start(kind)))
        at = found.end()
    return [*words, Word(END, "", end)]
