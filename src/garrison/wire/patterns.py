"""Turns the models' patterns into matchers over whole values that no value can make slow."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from garrison.wire import charsets, javaregex
from garrison.wire.automaton import Automaton
from garrison.wire.javaregex import Anchor, Characters, Choice, Look, Repeat, Sequence, Tree, UnsupportedPattern

Matcher = Callable[[str], bool]

MAX_MATCHED_CHARACTERS = 262_144
"""A longer value is refused by a pattern that needs an automaton; the longest patterned value of AWS has 131,072 characters."""

MAX_LOOKING_CHARACTERS = 512
"""A longer value is refused by a pattern whose looks make backtracking more than linear."""

unchecked: dict[str, str] = {}
"""Patterns that are not enforced, by `service.Shape`, with the reason: coverage lists them."""


def compile_pattern(pattern: str, name: str, longest: int | None = None) -> Matcher | None:
    """A matcher, or None (and an entry in `unchecked`) where the pattern cannot be enforced. `longest` is the shape's `max`."""
    matcher, reason = _compile(pattern, longest)
    if matcher is None:
        unchecked[name] = reason
    return matcher


@lru_cache(maxsize=8192)
def _compile(pattern: str, longest: int | None) -> tuple[Matcher | None, str]:
    try:
        tree = javaregex.parse(pattern)
        if _means_a_part(tree, longest):
            every = Repeat(Characters(charsets.EVERY), 0, None)
            tree = Sequence((every, tree, every))
        conditions, rest = _outer_looks(tree)
        matchers = [_matcher(rest), *conditions]
    except (UnsupportedPattern, re.error, OverflowError, RecursionError) as fault:
        return None, str(fault)
    if len(matchers) == 1:
        return matchers[0], ""
    return (lambda value: all(matches(value) for matches in matchers)), ""


def _means_a_part(tree: Tree, longest: int | None) -> bool:
    """Whether a pattern such as `\\S` or `[a-z][a-z0-9]` with max 36 can only be meant for a part of the value."""
    length = _longest(tree)
    if isinstance(tree, Characters):
        return longest is None or longest > 1
    return length is not None and longest is not None and longest > length and not _has_anchor_or_repeat(tree)


def _longest(tree: Tree) -> int | None:
    if isinstance(tree, Characters):
        return 1
    if isinstance(tree, (Anchor, Look)):
        return 0
    if isinstance(tree, Repeat):
        inner = _longest(tree.part)
        return None if inner is None or tree.most is None else inner * tree.most
    lengths = [_longest(part) for part in (tree.parts if isinstance(tree, Sequence) else tree.branches)]
    known = [length for length in lengths if length is not None]
    if len(known) < len(lengths):
        return None
    return sum(known) if isinstance(tree, Sequence) else max(known, default=0)


def _has_anchor_or_repeat(tree: Tree) -> bool:
    if isinstance(tree, (Anchor, Look)):
        return True
    if isinstance(tree, Repeat):
        return True
    if isinstance(tree, Characters):
        return False
    return any(_has_anchor_or_repeat(part) for part in (tree.parts if isinstance(tree, Sequence) else tree.branches))


def _outer_looks(tree: Tree) -> tuple[list[Matcher], Tree]:
    """Looks ahead at the very start and looks behind at the very end are conditions of their own on the whole value."""
    parts = list(tree.parts) if isinstance(tree, Sequence) else [tree]
    every = Repeat(Characters(charsets.EVERY), 0, None)
    conditions: list[Matcher] = []
    start = 0
    for place, part in enumerate(parts):
        if isinstance(part, Look) and part.ahead:
            conditions.append(_condition(Sequence((part.part, every)), part.negated))
            start = place + 1
        elif not (isinstance(part, Anchor) and not part.at_end):
            break
    end = len(parts)
    for place in range(len(parts) - 1, start - 1, -1):
        part = parts[place]
        if isinstance(part, Look) and not part.ahead:
            conditions.append(_condition(Sequence((every, part.part)), part.negated))
            end = place
        elif not (isinstance(part, Anchor) and part.at_end):
            break
    return conditions, Sequence(tuple(parts[start:end])) if conditions else tree


def _condition(tree: Tree, negated: bool) -> Matcher:
    matches = _matcher(tree)
    return (lambda value: not matches(value)) if negated else matches


def _matcher(tree: Tree) -> Matcher:
    if _has_look(tree):
        return _bounded(tree)
    if Automaton(tree, shorten=3).is_deterministic():
        compiled = re.compile(_expression(tree))
        return lambda value: compiled.fullmatch(value) is not None
    automaton = Automaton(tree)
    return lambda value: len(value) <= MAX_MATCHED_CHARACTERS and automaton.matches(value)


def _bounded(tree: Tree) -> Matcher:
    """Backtracking for looks inside a pattern: only where repeats do not nest, and over short values."""
    if _nests(tree, inside=False) or _unbounded_repeats(tree) > 3:
        raise UnsupportedPattern("looks inside a pattern of nested or many repeats")
    compiled = re.compile(_expression(tree))
    return lambda value: len(value) <= MAX_LOOKING_CHARACTERS and compiled.fullmatch(value) is not None


def _children(tree: Tree) -> tuple[Tree, ...]:
    if isinstance(tree, Sequence):
        return tree.parts
    if isinstance(tree, Choice):
        return tree.branches
    if isinstance(tree, (Repeat, Look)):
        return (tree.part,)
    return ()


def _has_look(tree: Tree) -> bool:
    return isinstance(tree, Look) or any(_has_look(part) for part in _children(tree))


def _nests(tree: Tree, *, inside: bool) -> bool:
    repeats = isinstance(tree, Repeat) and tree.least != tree.most
    if repeats and inside:
        return True
    return any(_nests(part, inside=inside or repeats) for part in _children(tree))


def _unbounded_repeats(tree: Tree) -> int:
    own = isinstance(tree, Repeat) and tree.least != tree.most
    return own + sum(_unbounded_repeats(part) for part in _children(tree))


def _expression(tree: Tree) -> str:
    """The tree in the syntax of Python's `re`."""
    if isinstance(tree, Characters):
        return charsets.expression(tree.ranges)
    if isinstance(tree, Sequence):
        return "".join(_expression(part) for part in tree.parts)
    if isinstance(tree, Choice):
        return f"(?:{'|'.join(_expression(branch) for branch in tree.branches)})"
    if isinstance(tree, Repeat):
        most = "" if tree.most is None else tree.most
        return f"(?:{_expression(tree.part)}){{{tree.least},{most}}}"
    if isinstance(tree, Anchor):
        return r"\Z" if tree.at_end else r"\A"
    mark = ("=" if not tree.negated else "!") if tree.ahead else ("<=" if not tree.negated else "<!")
    return f"(?{mark}{_expression(tree.part)})"
