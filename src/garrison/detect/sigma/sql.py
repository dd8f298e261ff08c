"""A condition as an SQL expression over records kept as JSON text: the same matches as `matching`, in DuckDB's dialect."""

from __future__ import annotations

from garrison.detect.sigma.matching import path_of
from garrison.detect.sigma.tree import (
    ANY,
    All,
    Any,
    Compares,
    Equals,
    Exists,
    Finds,
    Node,
    Not,
    Pattern,
    Place,
    SameAs,
)

_STANDS = {Place.WHOLE: "({0} = {1})", Place.START: "starts_with({0}, {1})", Place.END: "ends_with({0}, {1})"}


def sql_of(node: Node, record: str = "record") -> str:
    """A condition as a boolean expression that is never null; `record` is the column (or expression) of the JSON text."""
    if isinstance(node, All):
        return _joined(" AND ", node.of, record)
    if isinstance(node, Any):
        return _joined(" OR ", node.of, record)
    if isinstance(node, Not):
        return f"(NOT {sql_of(node.of, record)})"
    if isinstance(node, Exists):
        return f"({_text(node.field, record)} IS {'NOT ' if node.is_wanted else ''}NULL)"
    return f"coalesce({_test(node, record)}, false)"


def _joined(word: str, nodes: tuple[Node, ...], record: str) -> str:
    return f"({word.join(sql_of(inner, record) for inner in nodes)})"


def _test(test: Equals | Finds | Compares | SameAs, record: str) -> str:
    if isinstance(test, SameAs):
        return _STANDS[test.place].format(f"lower({_text(test.field, record)})", f"lower({_text(test.other, record)})")
    if isinstance(test, Equals):
        if test.field is None:
            return _fits(record, Pattern((ANY, *test.pattern.parts, ANY), test.pattern.is_cased))
        return _fits(_text(test.field, record), test.pattern)
    text = _text(test.field, record)
    if isinstance(test, Finds):
        return f"regexp_matches({text}, {literal(test.expression)})"
    return f"(try_cast({text} AS DOUBLE) {test.order.value} {test.number!r})"


def _fits(text: str, pattern: Pattern) -> str:
    column = text if pattern.is_cased else f"lower({text})"
    plain = pattern.plain
    if plain is not None:
        return f"({column} = {literal(plain if pattern.is_cased else plain.lower())})"
    written = "".join(
        _escaped(part if pattern.is_cased else part.lower()) if isinstance(part, str) else "%" if part is ANY else "_"
        for part in pattern.parts
    )
    return f"({column} LIKE {literal(written)} ESCAPE '\\')"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _text(field: str, record: str) -> str:
    path = "".join(f'."{name}"' for name in path_of(field))
    return f"json_extract_string({record}, {literal(f'${path}')})"


def literal(text: str) -> str:
    """A text as an SQL literal."""
    quoted = text.replace("'", "''")
    return f"'{quoted}'"
