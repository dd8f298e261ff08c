"""Walk through all statements of a rule, those that stand in others as well."""

from __future__ import annotations

from collections.abc import Iterator

from garrison.waf.document import Statement


def statements_of(statement: Statement) -> Iterator[Statement]:
    """The statement itself, then all that stand in it."""
    pending = [statement]
    while pending:
        one = pending.pop()
        yield one
        for several in (one.and_statement, one.or_statement):
            if several is not None:
                pending.extend(reversed(several.statements))
        if one.not_statement is not None:
            pending.append(one.not_statement.statement)
        for scoped in (one.rate_based_statement, one.managed_rule_group_statement):
            if scoped is not None and scoped.scope_down_statement is not None:
                pending.append(scoped.scope_down_statement)
