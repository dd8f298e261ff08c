"""What the grammar lets through and AWS does not: unknown properties, wildcards within, groups that do not go with fields."""

from __future__ import annotations

import re

from garrison.inventory.select.expressions import (
    HIDDEN,
    SCALARS,
    STRUCTURES,
    Aggregate,
    Compare,
    Condition,
    InvalidExpression,
    Like,
    Property,
    Query,
)

MOST_GROUPS = 3
"""Properties of a GROUP BY; one where a function decides the order."""
LEAST_PREFIX = 3
"""Characters before a wildcard."""
MOST_NAMES = 32
"""Names of a path."""
_PATTERN = re.compile(r"([^%_]*)([%_]*)", re.DOTALL)


def checked_property(name: str) -> Property:
    """The property of a name; raises `InvalidExpression` where no item has such a one."""
    path = tuple(name.split("."))
    if path[0] in STRUCTURES:
        if len(path) > MOST_NAMES:
            raise InvalidExpression(f"The property {name} has more than {MOST_NAMES} names.")
        return Property(path)
    if len(path) > 1 or path[0] not in (*SCALARS, *HIDDEN):
        raise InvalidExpression(f"The property {name} is not known.")
    return Property(path)


def like(of: Property, pattern: str) -> Condition:
    """The condition of a LIKE: wildcards at the end only, after three characters or more."""
    found = _PATTERN.fullmatch(pattern)
    if found is None:
        raise InvalidExpression(f"Wildcards are supported at the end of a value only: '{pattern}'.")
    prefix, wildcards = found.groups()
    if not wildcards:
        return Compare(of, "=", prefix)
    if len(prefix) < LEAST_PREFIX:
        raise InvalidExpression(f"A wildcard needs at least {LEAST_PREFIX} characters before it: '{pattern}'.")
    return Like(of, prefix, wildcards.count("_"), "%" in wildcards)


def checked(query: Query) -> Query:
    """The query; raises `InvalidExpression` where groups, fields and order do not go together."""
    orders = [order.by for order in query.orders]
    if not query.aggregates:
        if query.groups:
            raise InvalidExpression("GROUP BY needs an aggregate function among what is selected.")
        if not query.has_pages:
            raise InvalidExpression("ORDER BY names an aggregate function that is not selected.")
        return query
    if len(query.groups) > MOST_GROUPS:
        raise InvalidExpression(f"GROUP BY may contain up to {MOST_GROUPS} properties.")
    if not query.has_pages and len(query.groups) > 1:
        raise InvalidExpression("GROUP BY may contain a single property only where ORDER BY has an aggregate function.")
    for field in query.fields:
        if isinstance(field, Property) and field not in query.groups:
            raise InvalidExpression(f"The property {field.name} must be in GROUP BY or in an aggregate function.")
    for by in orders:
        if by not in (query.fields if isinstance(by, Aggregate) else query.groups):
            raise InvalidExpression(f"ORDER BY {by.name} needs it to be selected or grouped by.")
    return query
