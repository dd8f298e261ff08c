"""Values of context keys that would meet a statement's conditions: what a caller would have to bring along.

They are guesses that `decide` has to confirm: an Allow whose keys the request does not have is met by values of the policy.
"""

from __future__ import annotations

from ipaddress import ip_network

from .context import AuthorizationRequest, ContextValue
from .document import Effect
from .explain import Explanation

_AFTER, _BEFORE = "9999-12-31T00:00:00Z", "1970-01-02T00:00:00Z"
_MOST, _LEAST = "999999999999", "-999999999999"
_BEYOND = {
    "DateGreaterThan": _AFTER,
    "DateGreaterThanEquals": _AFTER,
    "DateLessThan": _BEFORE,
    "DateLessThanEquals": _BEFORE,
    "NumericGreaterThan": _MOST,
    "NumericGreaterThanEquals": _MOST,
    "NumericLessThan": _LEAST,
    "NumericLessThanEquals": _LEAST,
}
"""Operators that a value far enough satisfies."""


def sample_values(explanation: Explanation, request: AuthorizationRequest) -> dict[str, ContextValue]:
    """Values for keys that the request lacks, from the Allow statements that fail for nothing but their conditions."""
    found: dict[str, ContextValue] = {}
    taken = {key.lower() for key in request.context}
    for finding in explanation.findings:
        if finding.statement.effect is not Effect.ALLOW or not (finding.principal_matched and finding.resource_matched):
            continue
        for condition in finding.statement.conditions:
            key = condition.key.lower()
            if condition.matched or condition.actual_values is not None or key in taken:
                continue
            value = sample_of(condition.operator, condition.policy_values)
            if value is not None:
                taken.add(key)
                found[condition.key] = value
    return found


def sample_of(written_operator: str, values: tuple[str, ...]) -> ContextValue | None:
    """A value that an operator with these values accepts, as far as one of them tells."""
    prefix, _, name = written_operator.rpartition(":")
    operator = name.removesuffix("IfExists")
    if operator in _BEYOND:
        return _BEYOND[operator]
    if not values:
        return None
    value = values[0]
    if operator == "Null":
        return "any" if value.lower() == "false" else None
    if operator == "IpAddress":
        try:
            value = str(ip_network(value, strict=False).network_address)
        except ValueError:
            return None
    return [value] if prefix else value
