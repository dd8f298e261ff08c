"""All expressions of one web ACL or rule group in one database, with which a value is scanned once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import hyperscan
import msgspec

from garrison.waf.patterns.cache import PatternCache
from garrison.waf.patterns.engines import FLAGS, compile_hyperscan, compile_re2, hyperscan_error, re2_error
from garrison.waf.patterns.weight import MOST_WEIGHT_OF_RE2, weight


class Matches(dict[int, tuple[int, int]]):
    """Expressions that match by number, with the part they match in and the byte at which the first match ends there."""


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
        """The number of each expression that hyperscan holds."""
        self._slow: list[tuple[int, Any]] = []
        """Those for re2."""
        self.database: Any = None

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
            if cache is not None:
                cache.put(key, _packed(self._order, self.database))
        fast = set(self._order)
        self._slow = [(number, compile_re2(text)) for number, text in enumerate(expressions) if number not in fast]

    def _load(self, kept: bytes) -> bool:
        """False for what was written for another processor or cut short."""
        try:
            self._order, dumped = _KEPT.decode(kept)
            self.database = hyperscan.loadb(dumped, mode=hyperscan.HS_MODE_BLOCK) if self._order else None
        except (hyperscan.error, msgspec.DecodeError):
            return False
        return True

    def scan(self, values: Sequence[bytes], scratch: Any) -> Matches:
        """Which expressions match one of the values."""
        found = Matches()
        database = self.database
        if database is not None:
            order = self._order

            def note(position: int, _start: int, end: int, _flags: int, part: int) -> None:
                found.setdefault(order[position], (part, end))

            scan = database.scan
            for part, value in enumerate(values):
                scan(value, note, 0, part, scratch)
        for number, expression in self._slow:
            for part, value in enumerate(values):
                match = expression.search(value)
                if match is not None:
                    found[number] = (part, match.end())
                    break
        return found

    def where(self, number: int, value: bytes, end: int) -> tuple[int, int]:
        """Begin and end of a match that ends first at `end`. Where re2 does not know the expression, its last byte stands for it."""
        expression = list(self._numbers)[number]
        match = compile_re2(expression).search(value) if re2_error(expression) is None else None
        return match.span() if match is not None else (max(0, end - 1), end)


class Scratches:
    """Working memory of scans. A scan needs its own while it runs, so each evaluation takes a set and gives it back."""

    def __init__(self, sets: Sequence[PatternSet]) -> None:
        self._databases = [each.database for each in sets]
        self._free: list[list[Any]] = []

    def take(self) -> list[Any]:
        """A set that nobody else uses; made when all are in use. A list's pop and append are atomic."""
        try:
            return self._free.pop()
        except IndexError:
            return [None if database is None else hyperscan.Scratch(database) for database in self._databases]

    def give_back(self, scratches: list[Any]) -> None:
        """What `take` gave."""
        self._free.append(scratches)


_KEPT = msgspec.msgpack.Decoder(tuple[list[int], bytes])


def _packed(order: list[int], database: Any) -> bytes:
    return msgspec.msgpack.encode((order, b"" if database is None else hyperscan.dumpb(database)))


def _key(expressions: Sequence[bytes]) -> str:
    sized = [b"%d:%s" % (len(expression), expression) for expression in expressions]
    return sha256(b"\0".join([version("hyperscan").encode(), b"%d" % FLAGS, *sized])).hexdigest()


def _compiled(expressions: Sequence[bytes]) -> tuple[list[int], Any]:
    """A database, and the numbers of those in it: all, where hyperscan takes them all."""
    try:
        return list(range(len(expressions))), compile_hyperscan(expressions)
    except hyperscan.error:
        order = _for_hyperscan(expressions)
    return order, compile_hyperscan([expressions[number] for number in order]) if order else None


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
