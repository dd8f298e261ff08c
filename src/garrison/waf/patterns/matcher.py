"""All expressions that are looked for in one kind of value, compiled into one database that a value is scanned with once."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import hyperscan

from garrison.waf.patterns.cache import PatternCache
from garrison.waf.patterns.engines import FLAGS, compile_hyperscan, compile_re2, hyperscan_error


class Scratches:
    """Working memory of scans, by the place of the database. A scan needs its own while it runs, so each evaluation takes a set of
    them and gives it back."""

    def __init__(self, databases: Sequence[Any]) -> None:
        self._databases = databases
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


class PatternSet:
    """Expressions by number, in the order in which they were given."""

    def __init__(self, expressions: Sequence[bytes], cache: PatternCache | None = None) -> None:
        """Compile them, or load what was compiled before.

        Raises: re2.error: neither engine takes one of them (ask `refusal` before).
        """
        self.expressions = tuple(expressions)
        self._numbers = [number for number, text in enumerate(expressions) if hyperscan_error(text) is None]
        self._slow = [
            (number, compile_re2(text)) for number, text in enumerate(expressions) if hyperscan_error(text) is not None
        ]
        self.database = _database([expressions[number] for number in self._numbers], cache) if self._numbers else None

    def scan(self, value: bytes, scratch: Any, found: dict[int, tuple[int, int]], part: int) -> None:
        """Add to `found` which expressions match, with the number of the part and where the first match ends."""
        if self.database is not None:
            numbers = self._numbers

            def note(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
                found.setdefault(numbers[number], (part, end))

            self.database.scan(value, note, scratch=scratch)
        for number, expression in self._slow:
            if number not in found and (match := expression.search(value)) is not None:
                found[number] = (part, match.end())

    def where(self, number: int, value: bytes, end: int) -> tuple[int, int]:
        """Begin and end of a match that is known to be there. Where re2 does not take the expression, its last bytes count."""
        try:
            match = compile_re2(self.expressions[number]).search(value)
        except Exception:  # re2 knows fewer constructs than hyperscan
            match = None
        return match.span() if match is not None else (max(0, end - 1), end)


def _database(expressions: Sequence[bytes], cache: PatternCache | None) -> Any:
    sized = [b"%d:%s" % (len(expression), expression) for expression in expressions]
    key = sha256(b"\0".join([version("hyperscan").encode(), b"%d" % FLAGS, *sized])).hexdigest()
    kept = cache.get(key) if cache is not None else None
    if kept is not None:
        try:
            return hyperscan.loadb(kept, mode=hyperscan.HS_MODE_BLOCK)
        except hyperscan.error:
            pass  # written for another processor or cut short: compiled again below
    database = compile_hyperscan(expressions)
    if cache is not None:
        cache.put(key, hyperscan.dumpb(database))
    return database
