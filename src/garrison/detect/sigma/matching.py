"""Say whether a record meets a condition: its tree compiled once into closures, in time linear in the record."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any as Value

from garrison import codec
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
    Order,
    Pattern,
    Place,
    SameAs,
)

Record = Mapping[str, Value]
Match = Callable[[Record], bool]

_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_COMPARE: dict[Order, Callable[[float, float], bool]] = {
    Order.LESS: lambda value, number: value < number,
    Order.AT_MOST: lambda value, number: value <= number,
    Order.MORE: lambda value, number: value > number,
    Order.AT_LEAST: lambda value, number: value >= number,
    Order.OTHER: lambda value, number: value != number,
}
_STANDS: dict[Place, Callable[[str, str], bool]] = {
    Place.WHOLE: str.__eq__,
    Place.START: str.startswith,
    Place.END: str.endswith,
}


def compile_match(node: Node) -> Match:
    """A condition as a function of a record."""
    if isinstance(node, All):
        return _all([compile_match(inner) for inner in node.of])
    if isinstance(node, Any):
        return _any([compile_match(inner) for inner in node.of])
    if isinstance(node, Not):
        return _not(compile_match(node.of))
    if isinstance(node, Exists):
        return _exists(node)
    if isinstance(node, SameAs):
        return _same_as(node)
    if isinstance(node, Equals) and node.field is None:
        return _anywhere(node.pattern)
    assert node.field is not None
    return _on_text(node.field, _text_test(node))


def text_at(record: Record, path: tuple[str, ...]) -> str | None:
    """The text of the value at a path; None where there is none, or null."""
    value: Value = record
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    if value is None or isinstance(value, str):
        return value
    return codec.encode(value).decode()


def path_of(field: str) -> tuple[str, ...]:
    """The members that a field's dotted name goes through."""
    return tuple(field.split("."))


def _all(inner: list[Match]) -> Match:
    return lambda record: all(match(record) for match in inner)


def _any(inner: list[Match]) -> Match:
    return lambda record: any(match(record) for match in inner)


def _not(inner: Match) -> Match:
    return lambda record: not inner(record)


def _exists(test: Exists) -> Match:
    path, wanted = path_of(test.field), test.is_wanted
    return lambda record: (text_at(record, path) is not None) is wanted


def _same_as(test: SameAs) -> Match:
    path, other, stands = path_of(test.field), path_of(test.other), _STANDS[test.place]

    def match(record: Record) -> bool:
        mine, theirs = text_at(record, path), text_at(record, other)
        return mine is not None and theirs is not None and stands(mine.lower(), theirs.lower())

    return match


def _anywhere(pattern: Pattern) -> Match:
    holds = _pattern_test(Pattern((ANY, *pattern.parts, ANY), pattern.is_cased))
    return lambda record: holds(codec.encode(record).decode())


def _on_text(field: str, holds: Callable[[str], bool]) -> Match:
    path = path_of(field)

    def match(record: Record) -> bool:
        text = text_at(record, path)
        return text is not None and holds(text)

    return match


def _text_test(test: Equals | Finds | Compares) -> Callable[[str], bool]:
    if isinstance(test, Equals):
        return _pattern_test(test.pattern)
    if isinstance(test, Finds):
        import re2  # loaded only where a rule needs it

        search = re2.compile(test.expression).search
        return lambda text: search(text) is not None
    compare, number = _COMPARE[test.order], test.number
    return lambda text: _NUMBER.fullmatch(text) is not None and compare(float(text), number)


def _pattern_test(pattern: Pattern) -> Callable[[str], bool]:
    """A pattern as a test of texts: the common forms by string methods, the rest by RE2."""
    if not pattern.is_cased:
        lowered = Pattern(
            tuple(part.lower() if isinstance(part, str) else part for part in pattern.parts), is_cased=True
        )
        holds = _pattern_test(lowered)
        return lambda text: holds(text.lower())
    plain = pattern.plain
    if plain is not None:
        return plain.__eq__
    match pattern.parts:
        case (first, str(middle), last) if first is ANY and last is ANY:
            return lambda text: middle in text
        case (str(start), last) if last is ANY:
            return lambda text: text.startswith(start)
        case (first, str(end)) if first is ANY:
            return lambda text: text.endswith(end)
    import re2

    written = "".join(
        re2.escape(part) if isinstance(part, str) else ".*" if part is ANY else "." for part in pattern.parts
    )
    fits = re2.compile(f"(?s){written}").fullmatch
    return lambda text: fits(text) is not None
