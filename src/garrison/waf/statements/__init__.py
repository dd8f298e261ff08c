"""Statements: what each of them asks about a request, compiled into matchers that share what they read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from garrison.waf.document import Statement
from garrison.waf.document.statements import RateBasedStatement
from garrison.waf.statements.injections import sqli_match, xss_match
from garrison.waf.statements.labels import label_match
from garrison.waf.statements.logic import And, Not, Or
from garrison.waf.statements.matcher import KINDS, Matcher, RateRule, Refused, Setting, Wrap
from garrison.waf.statements.needs import Needs, needs_of
from garrison.waf.statements.networks import asn_match, geo_match, ip_set
from garrison.waf.statements.patterns import byte_match, regex_match, regex_pattern_set
from garrison.waf.statements.rate import rate_based
from garrison.waf.statements.signs import sign_patterns
from garrison.waf.statements.size import size_constraint

__all__ = [
    "KINDS",
    "Matcher",
    "Needs",
    "RateRule",
    "Refused",
    "Setting",
    "Wrap",
    "compile_statement",
    "kind_of",
    "needs_of",
    "sign_patterns",
]

_LEAVES: dict[str, Callable[[Any, Setting], Matcher]] = {
    "asn_match_statement": asn_match,
    "byte_match_statement": byte_match,
    "geo_match_statement": geo_match,
    "ip_set_reference_statement": ip_set,
    "label_match_statement": label_match,
    "regex_match_statement": regex_match,
    "regex_pattern_set_reference_statement": regex_pattern_set,
    "size_constraint_statement": size_constraint,
    "sqli_match_statement": sqli_match,
    "xss_match_statement": xss_match,
}


def kind_of(statement: Statement) -> str:
    """The attribute that says which statement it is.

    Raises: Refused: it says none, or several.
    """
    kinds = [kind for kind in statement.__struct_fields__ if getattr(statement, kind) is not None]
    if len(kinds) != 1:
        raise Refused(f"a statement says one thing, not {len(kinds)}")
    return kinds[0]


def compile_statement(statement: Statement, setting: Setting, top: bool = True) -> Matcher:
    """The matcher of a statement and all it contains. Rate-based statements stand at the top only.

    Raises: Refused: it cannot work here.
    """
    kind = kind_of(statement)
    part = getattr(statement, kind)
    if kind in _LEAVES:
        return setting.wrapped(kind, part, _LEAVES[kind](part, setting))
    if kind == "and_statement":
        return And([compile_statement(each, setting, top=False) for each in part.statements])
    if kind == "or_statement":
        return Or([compile_statement(each, setting, top=False) for each in part.statements])
    if kind == "not_statement":
        return Not(compile_statement(part.statement, setting, top=False))
    if isinstance(part, RateBasedStatement) and top:
        narrower = part.scope_down_statement
        scope = compile_statement(narrower, setting, top=False) if narrower else None
        return setting.wrapped(kind, part, rate_based(part, setting, scope))
    raise Refused(f"{setting.place}: a {kind} cannot stand inside another statement or a rule group")
