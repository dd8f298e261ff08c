"""Statements: which may stand in which, and what each may say.

Sources: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html and the API reference of each statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from garrison.waf.document import Statement
from garrison.waf.document.statements import (
    AndStatement,
    AsnMatchStatement,
    ByteMatchStatement,
    GeoMatchStatement,
    IPSetReferenceStatement,
    LabelMatchStatement,
    NotStatement,
    OrStatement,
    RegexMatchStatement,
    RegexPatternSetReferenceStatement,
    SizeConstraintStatement,
)
from garrison.waf.validation.components import HEADER_NAME, matching_problems
from garrison.waf.validation.problems import FORMAT, MINIMUM, NESTED, Problem, exactly_one
from garrison.waf.validation.regexes import problem_of

MOST_SEARCHED_BYTES = 200
MOST_ASNS = 100
MOST_COUNTRIES = 50
"""API reference, "GeoMatchStatement", "AsnMatchStatement"."""
DEEPEST = 20
"""How deep statements may stand in each other: AWS names no limit, its API cannot send much more."""
TOP_LEVEL = {
    "rate_based_statement": "RATE_BASED_STATEMENT",
    "managed_rule_group_statement": "MANAGED_RULE_SET_STATEMENT",
    "rule_group_reference_statement": "RULE_GROUP_REFERENCE_STATEMENT",
}
"""Statements that are a rule's whole statement or nothing."""
_COUNTRY = re.compile(r"[A-Z]{2}")
_KEY = re.compile(r"[0-9A-Za-z_\-:]{1,1024}")


def statement_problems(statement: Statement, depth: int = 0) -> Iterator[Problem]:
    """What is wrong with a statement and all that stand in it, those that stand for themselves only left aside at the top."""
    members = {name: getattr(statement, name) for name in statement.__struct_fields__}
    yield from exactly_one("STATEMENT", "Statement", *members.values())
    if depth > DEEPEST:
        yield Problem("STATEMENT", "Statement", f"Statements stand at most {DEEPEST} deep in each other.")
        return
    for name, member in members.items():
        if member is None:
            continue
        if name in TOP_LEVEL:
            if depth:
                yield Problem(TOP_LEVEL[name], name, NESTED)
        elif name in _NESTING:
            yield from _NESTING[name](member, depth)
        else:
            yield from _LEAVES[name](member)


def nested_statement(statement: Statement | None, depth: int = 0) -> Iterator[Problem]:
    """A scope-down statement, or one that stands in another."""
    if statement is not None:
        yield from statement_problems(statement, depth + 1)


def _several(field: str) -> Callable[[AndStatement | OrStatement, int], Iterator[Problem]]:
    def problems(several: AndStatement | OrStatement, depth: int) -> Iterator[Problem]:
        if len(several.statements) < 2:
            yield Problem(field, "Statements", MINIMUM)
        for one in several.statements:
            yield from nested_statement(one, depth)

    return problems


def _not(negated: NotStatement, depth: int) -> Iterator[Problem]:
    yield from nested_statement(negated.statement, depth)


def _byte_match(statement: ByteMatchStatement) -> Iterator[Problem]:
    if not 0 < len(statement.search_string) <= MOST_SEARCHED_BYTES:
        reason = f"A search string has 1 to {MOST_SEARCHED_BYTES} bytes."
        yield Problem("BYTE_MATCH_STATEMENT", "SearchString", reason)
    if statement.positional_constraint == "CONTAINS_WORD" and not re.fullmatch(rb"\w+", statement.search_string):
        yield Problem("BYTE_MATCH_STATEMENT", "SearchString", "A word is made of letters, digits and underscores.")
    yield from matching_problems(statement)


def _size(statement: SizeConstraintStatement) -> Iterator[Problem]:
    if not 0 <= statement.size <= 21_474_836_480:
        yield Problem("SIZE_CONSTRAINT_STATEMENT", "Size", "A size has 0 to 21474836480 bytes.")
    yield from matching_problems(statement)


def _regex(statement: RegexMatchStatement) -> Iterator[Problem]:
    problem = problem_of(statement.regex_string, "STATEMENT")
    if problem is not None:
        yield problem
    yield from matching_problems(statement)


def _regex_set(statement: RegexPatternSetReferenceStatement) -> Iterator[Problem]:
    yield from matching_problems(statement)


def _geo(statement: GeoMatchStatement) -> Iterator[Problem]:
    codes = statement.country_codes
    if not 0 < len(codes) <= MOST_COUNTRIES:
        yield Problem("GEO_MATCH_STATEMENT", "CountryCodes", f"There are 1 to {MOST_COUNTRIES} country codes.")
    for code in codes:
        if not _COUNTRY.fullmatch(code):
            yield Problem("GEO_MATCH_STATEMENT", code, FORMAT)
    yield from forwarded_problems(statement)


def _asn(statement: AsnMatchStatement) -> Iterator[Problem]:
    if not 0 < len(statement.asn_list) <= MOST_ASNS:
        yield Problem("STATEMENT", "AsnList", f"There are 1 to {MOST_ASNS} numbers.")
    for number in statement.asn_list:
        if not 0 <= number <= 4_294_967_295:
            yield Problem("STATEMENT", str(number), FORMAT)
    yield from forwarded_problems(statement)


def _ip_set(statement: IPSetReferenceStatement) -> Iterator[Problem]:
    yield from forwarded_problems(statement, "IP_SET_FORWARDED_IP_CONFIG")


def _label(statement: LabelMatchStatement) -> Iterator[Problem]:
    key = statement.key
    parts = key.split(":")
    is_namespace = statement.scope == "NAMESPACE"
    if is_namespace and not parts[-1]:
        parts = parts[:-1]
    elif is_namespace:
        yield Problem("LABEL_MATCH_STATEMENT", key, "A namespace ends with a colon.")
    if not _KEY.fullmatch(key) or not all(parts):
        yield Problem("LABEL_MATCH_STATEMENT", key, FORMAT)


def forwarded_problems(statement: Any, field: str = "FORWARDED_IP_CONFIG") -> Iterator[Problem]:
    """The header that a client's address is read from."""
    configured = statement.forwarded_ip_config
    if configured is not None and not HEADER_NAME.fullmatch(configured.header_name):
        yield Problem(field, configured.header_name, FORMAT)


_NESTING: dict[str, Callable[[Any, int], Iterator[Problem]]] = {
    "and_statement": _several("AND_STATEMENT"),
    "or_statement": _several("OR_STATEMENT"),
    "not_statement": _not,
}
_LEAVES: dict[str, Callable[[Any], Iterator[Problem]]] = {
    "asn_match_statement": _asn,
    "byte_match_statement": _byte_match,
    "geo_match_statement": _geo,
    "ip_set_reference_statement": _ip_set,
    "label_match_statement": _label,
    "regex_match_statement": _regex,
    "regex_pattern_set_reference_statement": _regex_set,
    "size_constraint_statement": _size,
    "sqli_match_statement": matching_problems,
    "xss_match_statement": matching_problems,
}
