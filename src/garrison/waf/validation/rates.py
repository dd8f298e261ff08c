"""Rate-based statements: limits, windows and what they aggregate by.

Sources: https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html,
https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-aggregation-options.html
"""

from __future__ import annotations

from collections.abc import Iterator

from garrison.waf.document import RateBasedStatement
from garrison.waf.document.statements import CustomKey
from garrison.waf.validation.components import HEADER_NAME, transformation_problems
from garrison.waf.validation.problems import EXACTLY_ONE, FORMAT, Problem, exactly_one
from garrison.waf.validation.statements import forwarded_problems, nested_statement

WINDOWS = (60, 120, 300, 600)
SMALLEST_LIMIT, LARGEST_LIMIT = 10, 2_000_000_000
MOST_KEYS = 5
_FIELD = "RATE_BASED_STATEMENT"


def rate_problems(statement: RateBasedStatement) -> Iterator[Problem]:
    """What is wrong with a rate-based statement."""
    if not SMALLEST_LIMIT <= statement.limit <= LARGEST_LIMIT:
        yield Problem(_FIELD, "Limit", f"A limit is from {SMALLEST_LIMIT} to {LARGEST_LIMIT} requests.")
    if statement.evaluation_window_sec not in WINDOWS:
        yield Problem(_FIELD, "EvaluationWindowSec", f"A window is one of {', '.join(map(str, WINDOWS))} seconds.")
    if statement.aggregate_key_type == "CONSTANT" and statement.scope_down_statement is None:
        yield Problem(_FIELD, "ScopeDownStatement", "Counting all requests together needs a scope-down statement.")
    yield from _forwarding_problems(statement)
    yield from _key_problems(statement)
    yield from nested_statement(statement.scope_down_statement)


def _forwarding_problems(statement: RateBasedStatement) -> Iterator[Problem]:
    uses = statement.aggregate_key_type == "FORWARDED_IP" or any(
        key.forwarded_ip is not None for key in statement.custom_keys
    )
    if uses is not (statement.forwarded_ip_config is not None):
        reason = "It is given where requests are aggregated by the forwarded address, and only there."
        yield Problem("FORWARDED_IP_CONFIG", "ForwardedIPConfig", reason)
    yield from forwarded_problems(statement)


def _key_problems(statement: RateBasedStatement) -> Iterator[Problem]:
    keys = statement.custom_keys
    if (statement.aggregate_key_type == "CUSTOM_KEYS") is not bool(keys):
        yield Problem("CUSTOM_KEYS", "CustomKeys", "They are given with the key type CUSTOM_KEYS, and only with it.")
    if len(keys) > MOST_KEYS:
        yield Problem("CUSTOM_KEYS", "CustomKeys", f"There are at most {MOST_KEYS} custom keys.")
    if len(set(keys)) < len(keys):
        yield Problem("CUSTOM_KEYS", "CustomKeys", "A custom key is given more than once.")
    if len(keys) == 1 and (keys[0].ip is not None or keys[0].forwarded_ip is not None):
        reason = "An address alone is aggregated by with the key types IP and FORWARDED_IP."
        yield Problem("CUSTOM_KEYS", "CustomKeys", reason)
    for key in keys:
        yield from _one_key(key)


def _one_key(key: CustomKey) -> Iterator[Problem]:
    members = [getattr(key, name) for name in key.__struct_fields__]
    yield from exactly_one("CUSTOM_KEYS", "CustomKeys", *members)
    if key.header is not None and not HEADER_NAME.fullmatch(key.header.name):
        yield Problem("HEADER_NAME", key.header.name, FORMAT)
    if key.label_namespace is not None and not key.label_namespace.namespace:
        yield Problem("CUSTOM_KEYS", "LabelNamespace", EXACTLY_ONE)
    for member in members:
        transformations = getattr(member, "text_transformations", None)
        if transformations is not None:
            yield from transformation_problems(transformations)
