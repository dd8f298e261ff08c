"""All expressions of one web ACL or rule group in one database, with which a value is scanned once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import hyperscan
import msgspec

from garrison.waf.patterns.cache import PatternCache
from garrison.waf.patterns.engines import FLAGS, OF_LINES, compile_hyperscan, compile_re2, hyperscan_error, re2_error
from garrison.waf.patterns.joining import SEPARATOR, joined
from garrison.waf.patterns.weight import MOST_WEIGHT_OF_RE2, weight


class Matches(dict[int, tuple[int, int]]):
    """Expressions that match by number, with the part they match in and the byte at which the first match ends there."""


def _note(position: int, _start: int, end: int, _flags: int, context: tuple[dict[int, tuple[int, int]], int]) -> None:
    seen, part = context
    seen.setdefault(position, (part, end))


def _note_line(position: int, _start: int, _end: int, _flags: int, seen: list[int]) -> None:
    seen.append(position)


class Unusable(Exception):
    """An expression that no engine takes."""

    def __init__(self, expression: bytes, why: str) -> None:
        super().__init__(why)
        self.expression = expression


class PatternSet:
    """Expressions by number: gathered, then compiled, then asked by any number of threads."""

    def __init__(self, place: int) -> None:
        """`place` is that of its working memory in the sets that `Scratches` gives."""
        self.place = place
        self._numbers: dict[bytes, int] = {}
        self._order: list[int] = []
        """The number of each expression that hyperscan holds, by its position there."""
        self._slow: list[tuple[int, Any]] = []
        """Those for re2."""
        self.numbers: frozenset[int] = frozenset()
        """Of all expressions, once compiled."""
        self._unscreened: frozenset[int] = frozenset()
        """Those of re2, about which a scan of lines says nothing."""
        self._framed = False
        self.database: Any = None
        self.of_lines: Any = None
        """The database for several values at once; None where there is none, and they are scanned one by one."""

    def add(self, expression: bytes) -> int:
        """The number of an expression. Only before `compile`."""
        return self._numbers.setdefault(expression, len(self._numbers))

    def compile(self, cache: PatternCache | None) -> None:
        """Make ready what was added, or load it when it was made ready before.

        Raises: Unusable: neither engine takes one of the expressions.
        """
        expressions = tuple(self._numbers)
        if not expressions:
            return
        key = _key(expressions)
        kept = cache.get(key) if cache is not None else None
        if kept is None or not self._load(kept):
            self._order, self.database = _compiled(expressions)
            self.of_lines = _compiled_for_lines([expressions[number] for number in self._order])
            if cache is not None:
                cache.put(key, _KEPT_ENCODER.encode((self._order, _dumped(self.database), _dumped(self.of_lines))))
        fast = set(self._order)
        self._slow = [(number, compile_re2(text)) for number, text in enumerate(expressions) if number not in fast]
        self.numbers = frozenset(range(len(expressions)))
        self._unscreened = self.numbers - fast

    def compile_lines(self, expressions: Sequence[bytes], cache: PatternCache | None) -> None:
        """Make ready only for `possible`, from expressions that hyperscan takes, written for values with a line's end before and behind each."""
        self._framed = True
        self.numbers = frozenset(range(len(expressions)))
        key = _key((b"lines", *expressions))
        kept = cache.get(key) if cache is not None else None
        if kept is None or not self._load(kept):
            self._order, self.of_lines = list(range(len(expressions))), compile_hyperscan(expressions, OF_LINES)
            if cache is not None:
                cache.put(key, _KEPT_ENCODER.encode((self._order, b"", _dumped(self.of_lines))))

    def _load(self, kept: bytes) -> bool:
        """False for what was written for another processor or cut short."""
        try:
            self._order, *dumped = _KEPT.decode(kept)
            self.database, self.of_lines = map(_loaded, dumped)
        except (hyperscan.error, msgspec.DecodeError):
            return False
        return True

    def scan(self, values: Sequence[bytes], scratches: tuple[Any, Any], lines: bytes | None = None) -> Matches:
        """Which expressions match one of the values. `scratches` are for the two databases, of nobody else while this runs.

        `lines` are the values with `SEPARATOR` between, where whoever asks has joined them already.
        """
        found = Matches()
        scratch, of_lines = scratches
        if self.database is not None and (len(values) < 2 or self._may_match(values, of_lines, lines)):
            scan = self.database.scan
            seen: dict[int, tuple[int, int]] = {}
            for part, value in enumerate(values):
                scan(value, _note, 0, (seen, part), scratch)
            if seen:
                order = self._order
                found.update((order[position], place) for position, place in seen.items())
        for number, expression in self._slow:
            for part, value in enumerate(values):
                match = expression.search(value)
                if match is not None:
                    found[number] = (part, match.end())
                    break
        return found

    def _may_match(self, values: Sequence[bytes], scratch: Any, lines: bytes | None) -> bool:
        return self.of_lines is None or bool(self._seen_in(SEPARATOR.join(values) if lines is None else lines, scratch))

    def _seen_in(self, lines: bytes, scratch: Any) -> list[int]:
        """The positions of the expressions that match in lines. The last one is ended too: else it would be no line if it is empty."""
        seen: list[int] = []
        text = SEPARATOR + lines + SEPARATOR if self._framed else lines + SEPARATOR
        self.of_lines.scan(text, _note_line, 0, seen, scratch)
        return seen

    def possible(self, lines: bytes, scratches: tuple[Any, Any]) -> frozenset[int]:
        """Which expressions may match one of several values, given with `SEPARATOR` between: those left out match none."""
        if self.of_lines is None:
            return self.numbers
        seen = self._seen_in(lines, scratches[1])
        return self._unscreened.union([self._order[position] for position in seen]) if seen else self._unscreened

    def where(self, number: int, value: bytes, end: int) -> tuple[int, int]:
        """Begin and end of a match that ends first at `end`. Where re2 does not know the expression, its last byte stands for it."""
        expression = list(self._numbers)[number]
        match = compile_re2(expression).search(value) if re2_error(expression) is None else None
        return match.span() if match is not None else (max(0, end - 1), end)


class Scratches:
    """Working memory of scans. A scan needs its own while it runs, so each evaluation takes a set and gives it back."""

    def __init__(self, sets: Sequence[PatternSet]) -> None:
        self._databases = [(each.database, each.of_lines) for each in sets]
        self._free: list[list[tuple[Any, Any]]] = []

    def take(self) -> list[tuple[Any, Any]]:
        """A set that nobody else uses; made when all are in use. A list's pop and append are atomic."""
        try:
            return self._free.pop()
        except IndexError:
            return [(_scratch(database), _scratch(of_lines)) for database, of_lines in self._databases]

    def give_back(self, scratches: list[tuple[Any, Any]]) -> None:
        """What `take` gave."""
        self._free.append(scratches)


def _scratch(database: Any) -> Any:
    return None if database is None else hyperscan.Scratch(database)


_KEPT = msgspec.msgpack.Decoder(tuple[list[int], bytes, bytes])
_KEPT_ENCODER = msgspec.msgpack.Encoder()


def _dumped(database: Any) -> bytes:
    return b"" if database is None else bytes(hyperscan.dumpb(database))


def _loaded(dumped: bytes) -> Any:
    return hyperscan.loadb(dumped, mode=hyperscan.HS_MODE_BLOCK) if dumped else None


def _key(expressions: Sequence[bytes]) -> str:
    sized = [b"%d:%s" % (len(expression), expression) for expression in expressions]
    return sha256(b"\0".join([version("hyperscan").encode(), b"%d %d" % (FLAGS, OF_LINES), *sized])).hexdigest()


def _compiled(expressions: Sequence[bytes]) -> tuple[list[int], Any]:
    """A database, and the numbers of those in it: all, where hyperscan takes them all."""
    try:
        return list(range(len(expressions))), compile_hyperscan(expressions)
    except hyperscan.error:
        order = _for_hyperscan(expressions)
    return order, compile_hyperscan([expressions[number] for number in order]) if order else None


def _compiled_for_lines(expressions: Sequence[bytes]) -> Any:
    """None where an expression cannot be held against several values at once."""
    forms = [joined(expression) for expression in expressions]
    if None in forms or not forms:
        return None
    try:
        return compile_hyperscan([form for form in forms if form is not None], OF_LINES)
    except hyperscan.error:
        return None


def _for_hyperscan(expressions: Sequence[bytes]) -> list[int]:
    """The numbers of those that hyperscan takes; the others are for re2."""
    taken: list[int] = []
    for number, expression in enumerate(expressions):
        why = hyperscan_error(expression)
        if why is None:
            taken.append(number)
        elif weight(expression.decode("latin-1")) > MOST_WEIGHT_OF_RE2 or re2_error(expression) is not None:
            raise Unusable(expression, why)
    return taken
