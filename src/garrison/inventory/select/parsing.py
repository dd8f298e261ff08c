"""Parse a query: the grammar of AWS Config's subset and nothing beside it, so that what is not allowed needs no list.

SELECT property [, …] [WHERE condition] [GROUP BY property [, …]] [ORDER BY property [ASC | DESC] [, …]]
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from garrison.inventory.select.checking import checked, checked_property, like
from garrison.inventory.select.expressions import (
    SCALARS,
    Aggregate,
    All,
    Any,
    Between,
    Compare,
    Condition,
    InvalidExpression,
    Not,
    Order,
    Property,
    Query,
    Scalar,
)
from garrison.inventory.select.words import END, NAME, NUMBER, SIGN, TEXT, Word, words_of

FUNCTIONS = frozenset({"AVG", "COUNT", "MAX", "MIN", "SUM"})
UNSUPPORTED = frozenset(
    {"ALL", "AS", "DISTINCT", "FROM", "HAVING", "JOIN", "UNION", "LIMIT", "OFFSET", "NULL", "IS", "EXISTS", "CASE"}
)
"""Words of SQL that the subset has not; named in messages, refused by the grammar in any case."""
MOST_DEPTH = 32
"""Of conditions in conditions."""
_RESERVED = frozenset({"SELECT", "WHERE", "GROUP", "ORDER", "BY", "AND", "OR", "NOT", "IN", "BETWEEN", "LIKE"})
_SIGNS = frozenset({"=", "<", "<=", ">", ">="})
T = TypeVar("T")


def parse(expression: str) -> Query:
    """The query of an expression; raises `InvalidExpression`."""
    return checked(_Parser(words_of(expression)).query())


class _Parser:
    def __init__(self, words: list[Word]) -> None:
        self._words = words
        self._at = 0
        self._depth = 0

    @property
    def _word(self) -> Word:
        return self._words[self._at]

    def query(self) -> Query:
        self._expect("SELECT")
        fields = self._listed(self._fields)
        where = self._condition() if self._takes("WHERE") else None
        groups = self._listed(self._property) if self._takes("GROUP", "BY") else []
        orders = self._listed(self._order) if self._takes("ORDER", "BY") else []
        if self._word.kind != END:
            raise self._unexpected()
        flat = tuple(dict.fromkeys(field for some in fields for field in some))
        return Query(flat, where, tuple(dict.fromkeys(groups)), tuple(orders))

    def _fields(self) -> list[Property | Aggregate]:
        if self._takes_sign("*"):
            return [Property((name,)) for name in SCALARS]
        return [self._field()]

    def _field(self) -> Property | Aggregate:
        following = self._words[min(self._at + 1, len(self._words) - 1)]
        if self._word.keyword not in FUNCTIONS or following.text != "(" or following.kind != SIGN:
            return self._property()
        function = self._next().keyword
        self._need_sign("(")
        if self._takes_sign("*"):
            if function != "COUNT":
                raise InvalidExpression(f"{function} needs a property.")
            of = None
        else:
            of = self._property()
        self._need_sign(")")
        return Aggregate(function, of)

    def _order(self) -> Order:
        by = self._field()
        descending = self._takes("DESC")
        if not descending:
            self._takes("ASC")
        return Order(by, descending)

    def _condition(self) -> Condition:
        parts = [self._conjunction()]
        while self._takes("OR"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _conjunction(self) -> Condition:
        parts = [self._negation()]
        while self._takes("AND"):
            parts.append(self._negation())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _negation(self) -> Condition:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise InvalidExpression(f"The conditions are nested more than {MOST_DEPTH} deep.")
        try:
            if self._takes("NOT"):
                return Not(self._negation())
            if self._takes_sign("("):
                inner = self._condition()
                self._need_sign(")")
                return inner
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> Condition:
        of = self._property()
        if self._takes("NOT"):
            if self._word.keyword not in {"IN", "BETWEEN", "LIKE"}:
                raise self._unexpected()
            return Not(self._range(of))
        if self._word.kind != SIGN:
            return self._range(of)
        sign = self._next()
        if sign.text in {"<>", "!="}:
            return Not(Compare(of, "=", self._value()))
        if sign.text not in _SIGNS:
            self._at -= 1
            raise self._unexpected()
        return Compare(of, sign.text, self._value())

    def _range(self, of: Property) -> Condition:
        if self._takes("IN"):
            self._need_sign("(")
            values = dict.fromkeys(self._listed(self._value))
            self._need_sign(")")
            parts = tuple(Compare(of, "=", value) for value in values)
            return parts[0] if len(parts) == 1 else Any(parts)
        if self._takes("BETWEEN"):
            low = self._value()
            self._expect("AND")
            return Between(of, low, self._value())
        if self._takes("LIKE"):
            if self._word.kind != TEXT:
                raise self._unexpected()
            return like(of, self._next().text)
        raise self._unexpected()

    def _property(self) -> Property:
        word = self._word
        if word.kind != NAME or word.keyword in _RESERVED or word.keyword in UNSUPPORTED:
            raise self._unexpected()
        return checked_property(self._next().text)

    def _value(self) -> Scalar:
        word = self._word
        if word.kind == TEXT:
            return self._next().text
        if word.kind == NUMBER:
            text = self._next().text
            number = float(text)
            if not math.isfinite(number):
                raise InvalidExpression(f"The number {text} is out of range.")
            return number if any(mark in text for mark in ".eE") else int(text)
        if word.keyword in {"TRUE", "FALSE"}:
            return self._next().keyword == "TRUE"
        raise self._unexpected()

    def _listed(self, one: Callable[[], T]) -> list[T]:
        found = [one()]
        while self._takes_sign(","):
            found.append(one())
        return found

    def _next(self) -> Word:
        self._at += 1
        return self._words[self._at - 1]

    def _takes(self, *keywords: str) -> bool:
        found = [word.keyword for word in self._words[self._at : self._at + len(keywords)]]
        if found != list(keywords):
            return False
        self._at += len(keywords)
        return True

    def _takes_sign(self, sign: str) -> bool:
        if self._word.kind != SIGN or self._word.text != sign:
            return False
        self._at += 1
        return True

    def _expect(self, keyword: str) -> None:
        if not self._takes(keyword):
            raise self._unexpected()

    def _need_sign(self, sign: str) -> None:
        if not self._takes_sign(sign):
            raise self._unexpected()

    def _unexpected(self) -> InvalidExpression:
        word = self._word
        if word.keyword in UNSUPPORTED:
            return InvalidExpression(f"{word.keyword} is not supported in queries (position {word.at + 1}).")
        what = f"'{word.text}'" if word.kind != END else "the end of the query"
        return InvalidExpression(f"Syntax error at position {word.at + 1}: unexpected {what}.")
