"""Matches patterns in time linear in the value, however they are written: a nondeterministic automaton, made deterministic lazily."""

from __future__ import annotations

from garrison.wire import charsets
from garrison.wire.charsets import Ranges
from garrison.wire.javaregex import Anchor, Characters, Choice, Repeat, Sequence, Tree, UnsupportedPattern

MAX_NODES = 20_000
"""Nodes of one automaton: counted repeats are written out."""

MAX_STATES = 2_000
"""Deterministic states kept for one pattern; beyond that they are forgotten and made again."""

_EMPTY, _START, _END, _ACCEPT = "empty", "start", "end", "accept"


class _Node:
    """One state: it consumes a character, or passes on where its kind allows."""

    __slots__ = ("kind", "next", "ranges")

    def __init__(self, kind: str | None, ranges: Ranges = ()) -> None:
        self.kind = kind
        self.ranges = ranges
        self.next: list[_Node] = []


class _State:
    """One deterministic state: a set of nodes, and where characters lead from it."""

    __slots__ = ("accepts", "moves", "nodes")

    def __init__(self, nodes: list[_Node], accepts: bool) -> None:
        self.nodes = nodes
        self.accepts = accepts
        self.moves: dict[str, _State] = {}


class Automaton:
    """A compiled pattern without looks."""

    def __init__(self, tree: Tree, *, shorten: int | None = None) -> None:
        self._count = 0
        self._shorten = shorten
        accept = self._node(_ACCEPT)
        self._entry = self._build(tree, accept)
        self._states: dict[frozenset[int], _State] = {}

    def _node(self, kind: str | None, ranges: Ranges = ()) -> _Node:
        self._count += 1
        if self._count > MAX_NODES:
            raise UnsupportedPattern("too many counted repeats")
        return _Node(kind, ranges)

    def _build(self, tree: Tree, after: _Node) -> _Node:
        """The entry of a part's nodes, which lead to `after`."""
        if isinstance(tree, Characters):
            node = self._node(None, tree.ranges)
            node.next.append(after)
            return node
        if isinstance(tree, Sequence):
            for part in reversed(tree.parts):
                after = self._build(part, after)
            return after
        if isinstance(tree, Choice):
            node = self._node(_EMPTY)
            node.next = [self._build(branch, after) for branch in tree.branches]
            return node
        if isinstance(tree, Repeat):
            return self._repeat(tree, after)
        if isinstance(tree, Anchor):
            node = self._node(_END if tree.at_end else _START)
            node.next.append(after)
            return node
        raise UnsupportedPattern("look around")

    def _repeat(self, tree: Repeat, after: _Node) -> _Node:
        least, most = tree.least, tree.most
        if self._shorten is not None:
            most = None if most is not None and most > self._shorten else most
            least = min(least, self._shorten)
        if most is None:
            loop = self._node(_EMPTY)
            loop.next = [self._build(tree.part, loop), after]
            entry = loop
        else:
            entry = after
            for _ in range(most - least):
                optional = self._node(_EMPTY)
                optional.next = [self._build(tree.part, entry), after]
                entry = optional
        for _ in range(least):
            entry = self._build(tree.part, entry)
        return entry

    def _closure(self, nodes: list[_Node], at_start: bool, at_end: bool) -> list[_Node]:
        seen: set[int] = set()
        found, waiting = [], list(nodes)
        while waiting:
            node = waiting.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            if node.kind is None or node.kind is _ACCEPT or (node.kind is _END and not at_end):
                found.append(node)
            if node.kind is _EMPTY or (node.kind is _START and at_start) or (node.kind is _END and at_end):
                waiting.extend(node.next)
        return found

    def _state(self, nodes: list[_Node], at_start: bool) -> _State:
        closed = self._closure(nodes, at_start, at_end=False)
        identity = frozenset(id(node) for node in closed)
        state = self._states.get(identity) if not at_start else None
        if state is None:
            final = self._closure(nodes, at_start, at_end=True)
            state = _State(closed, any(node.kind is _ACCEPT for node in final))
            if not at_start:
                if len(self._states) >= MAX_STATES:
                    self._states.clear()
                self._states[identity] = state
        return state

    def matches(self, value: str) -> bool:
        """Whether the whole value is in the pattern's language."""
        state = self._state([self._entry], at_start=True)
        for character in value:
            following = state.moves.get(character)
            if following is None:
                point = ord(character)
                reached = [node.next[0] for node in state.nodes if charsets.contains(node.ranges, point)]
                following = self._state(reached, at_start=False)
                if len(state.moves) < MAX_STATES:
                    state.moves[character] = following
            if not following.nodes and not following.accepts:
                return False
            state = following
        return state.accepts

    def is_deterministic(self) -> bool:
        """Whether the next character always decides the next node, so that backtracking costs no more than one pass."""
        seen: set[int] = set()
        waiting = [self._entry]
        while waiting:
            reached = self._consumers(waiting.pop())
            if reached is None:
                return False
            for place, node in enumerate(reached):
                if any(charsets.overlap(node.ranges, other.ranges) for other in reached[place + 1 :]):
                    return False
                if id(node) not in seen:
                    seen.add(id(node))
                    waiting.append(node.next[0])
        return True

    def _consumers(self, node: _Node) -> list[_Node] | None:
        """The consuming nodes that come next, or None where one is reached in two ways."""
        seen: set[int] = set()
        found, waiting = [], [node]
        while waiting:
            current = waiting.pop()
            if id(current) in seen:
                return None
            seen.add(id(current))
            if current.kind is None:
                found.append(current)
            elif current.kind is not _ACCEPT:
                waiting.extend(current.next)
        return found
