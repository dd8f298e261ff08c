"""Values that stand for all that a context key can have, as far as conditions can tell them apart.

Texts and ARNs: one for each combination of patterns that a text can match. Numbers and dates: the bounds and what lies
between. Addresses: the ends of each range and what lies beyond. The answers of the conditions to them are the evaluator's own.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from itertools import pairwise

from ..conditions.addresses import network_of
from ..conditions.arns import PARTS
from ..conditions.booleans import TRUTH
from ..conditions.dates import seconds_of
from ..conditions.numbers import number_of
from ..document import Condition
from ..glob import Token, Wild, literal_of
from ..variables import Variable, parse_template
from .automaton import EVERYTHING, Product, Shape, text_shape
from .effort import Effort
from .resources import part_shape

FRESH_TEXT = "example"
_FAMILIES = {
    "String": "text",
    "Arn": "text",
    "Numeric": "number",
    "Date": "date",
    "Bool": "truth",
    "IpAddress": "address",
    "NotIpAddress": "address",
    "Binary": "binary",
}
_FAMILY_OF_TYPE = {"Bool": "truth", "Boolean": "truth", "Numeric": "number", "Date": "date", "IPAddress": "address"}


def family_of(operator: str) -> str | None:
    """What an operator compares: text, number, date, truth, address, binary; None for `Null`."""
    return next((family for start, family in _FAMILIES.items() if operator.startswith(start)), None)


Written = tuple[Condition, bool]
"""A condition, and whether its policy's version has variables."""


def representatives(conditions: Sequence[Written], kind: str | None, effort: Effort) -> tuple[list[str], bool]:
    """Single values for a key of an AWS type (`String`, `ArrayOfString`, None where unknown), and whether they suffice.

    They do not suffice where a key is compared both as text and as something else, and the texts are not listed.
    """
    families = {family for family in (family_of(condition.operator) for condition, _ in conditions) if family}
    declared = _FAMILY_OF_TYPE.get((kind or "").removeprefix("ArrayOf"))
    if declared == "truth":
        return ["true", "false"], True
    found: dict[str, None] = {}
    for family in sorted(families) or [declared or "text"]:
        of_family = [one for one in conditions if family_of(one[0].operator) == family]
        found.update(dict.fromkeys(_of_family(family, of_family, effort)))
    if families == {"truth"} and kind is None:
        found.setdefault(FRESH_TEXT)
    suffice = len(families) < 2 and (declared is None or families <= {declared})
    return list(found), suffice


def _of_family(family: str, conditions: Sequence[Written], effort: Effort) -> Iterator[str]:
    if family == "text":
        yield from _texts(conditions, effort)
    else:
        written = [value for condition, _ in conditions for value in condition.values]
        yield from _READERS[family](written)


def _texts(conditions: Sequence[Written], effort: Effort) -> Iterator[str]:
    shapes = dict.fromkeys(_shapes(conditions))
    literal = [shape for shape in shapes if shape.is_literal]
    if len(literal) == len(shapes):
        named = {"".join(map(str, shape.positions)) for shape in literal}
        yield next(one for one in _fresh_texts() if one not in named)
        yield from sorted(named)
        return
    product = Product((EVERYTHING, *shapes))
    seen = {product.matched(FRESH_TEXT)}
    yield FRESH_TEXT
    for found in product.combinations(effort):
        if found.matched not in seen:
            seen.add(found.matched)
            yield found.text


def _fresh_texts() -> Iterator[str]:
    yield FRESH_TEXT
    number = 0
    while True:
        number += 1
        yield f"{FRESH_TEXT}{number}"


def _shapes(conditions: Iterable[Written]) -> Iterator[Shape]:
    for condition, with_variables in conditions:
        for value in condition.values:
            yield value_shape(condition.operator, value, with_variables=with_variables)
        if condition.operator.startswith("Arn"):
            yield _SIX_PARTS


_SIX_PARTS = part_shape((Wild.MANY, *((":", Wild.MANY) * (PARTS - 1))), PARTS - 1)
"""What an ARN operator takes for an ARN at all."""


def value_shape(operator: str, value: str, *, with_variables: bool) -> Shape:
    """The shape of the texts that one value of a text operator matches, with any text in the place of a variable."""
    tokens = parse_template(value, with_variables=with_variables).tokens
    if operator.startswith("Arn"):
        return part_shape(_six_parts(tokens), PARTS - 1)
    if "Like" in operator or any(isinstance(token, Variable) for token in tokens):
        wild = (
            tokens
            if "Like" in operator
            else tuple(token.value if isinstance(token, Wild) else token for token in tokens)
        )
        return part_shape(wild)
    return text_shape(literal_of(_static(tokens)), ignoring_case="IgnoreCase" in operator)


def _six_parts(tokens: tuple[Token | Variable, ...]) -> tuple[Token | Variable, ...]:
    colons = sum(token.count(":") for token in tokens if isinstance(token, str))
    if colons < PARTS - 1 and tokens and tokens[-1] is Wild.MANY:
        return (*tokens, *((":", Wild.MANY) * (PARTS - 1 - colons)))
    return tokens


def _static(tokens: Iterable[Token | Variable]) -> Iterator[Token]:
    return (token for token in tokens if not isinstance(token, Variable))


def _between(bounds: Iterable[Decimal]) -> Iterator[Decimal]:
    ordered = sorted(set(bounds))
    if not ordered:
        yield Decimal(1)
        return
    yield ordered[0] - 1
    for low, high in pairwise(ordered):
        yield low
        yield (low + high) / 2
    yield ordered[-1]
    yield ordered[-1] + 1


def _numbers(written: Iterable[str]) -> Iterator[str]:
    for number in _between(number for number in map(number_of, written) if number is not None):
        yield format(number, "f") if abs(number.adjusted()) < 40 else str(number)


_START_OF_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR, _LAST_YEAR = Decimal(-62_135_596_800), Decimal(253_402_300_799)


def _dates(written: Iterable[str]) -> Iterator[str]:
    for seconds in _between(seconds for seconds in map(seconds_of, written) if seconds is not None):
        if _FIRST_YEAR <= seconds <= _LAST_YEAR:
            moment = _START_OF_1970 + timedelta(seconds=int(seconds))
            fraction = str(seconds % 1).partition(".")[2].rstrip("0")[:9]
            yield moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + (f".{fraction}" if fraction else "") + "Z"


_LAST_ADDRESS = {4: 2**32 - 1, 6: 2**128 - 1}
_ADDRESS = {4: IPv4Address, 6: IPv6Address}


def _addresses(written: Iterable[str]) -> Iterator[str]:
    networks = [network for network in map(network_of, written) if network is not None]
    numbers = {(4, int(IPv4Address("192.0.2.1"))), (6, int(IPv6Address("2001:db8::1")))}
    for network in networks:
        first, last = int(network.network_address), int(network.broadcast_address)
        numbers.update((network.version, number) for number in (first - 1, first, last, last + 1))
    for version, number in sorted(numbers):
        if 0 <= number <= _LAST_ADDRESS[version]:
            address = _ADDRESS[version](number)
            if not (isinstance(address, IPv6Address) and address.ipv4_mapped):
                yield str(address)


def _binaries(written: Iterable[str]) -> Iterator[str]:
    held = set(written)
    yield next(one for one in (base64.b64encode(text.encode()).decode() for text in _fresh_texts()) if one not in held)
    yield from sorted(held)


_READERS = {
    "number": _numbers,
    "date": _dates,
    "truth": lambda written: iter(sorted(TRUTH)),
    "address": _addresses,
    "binary": _binaries,
}

__all__ = ["FRESH_TEXT", "family_of", "representatives", "value_shape"]
