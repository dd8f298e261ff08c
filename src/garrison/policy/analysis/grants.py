"""Does a policy grant what it must not? The same proof as for new access, against everything but the named access."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..document import CURRENT_VERSION, Document, Effect, PolicyKind, PrincipalElement, Statement
from .effort import DEFAULT_STEPS
from .newaccess import NewAccess, Result, Verdict, check_no_new_access


@dataclass(frozen=True, slots=True)
class Access:
    """Actions on resources; what is left empty means any."""

    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()


def check_access_not_granted(
    policy: Document, accesses: Sequence[Access], *, steps: int = DEFAULT_STEPS, every_statement: bool = True
) -> Verdict:
    """Whether the policy allows none of the accesses, under no conditions."""
    reasons: dict[int, NewAccess] = {}
    is_proved = True
    for access in accesses:
        verdict = check_no_new_access(
            policy, _everything_but(access, policy.kind), steps=steps, every_statement=every_statement
        )
        is_proved = is_proved and verdict.result is not Result.UNKNOWN
        for reason in verdict.reasons:
            reasons.setdefault(reason.statement, reason)
        if reasons and not every_statement:
            break
    if reasons:
        return Verdict(Result.FAIL, tuple(reasons[number] for number in sorted(reasons)))
    return Verdict(Result.PASS if is_proved else Result.UNKNOWN)


def _everything_but(access: Access, kind: PolicyKind) -> Document:
    """A policy that allows all other actions everywhere and all actions elsewhere."""
    principal = None if kind is PolicyKind.IDENTITY else PrincipalElement(everyone=True)
    statements: list[Statement] = []
    if access.actions:
        statements.append(Statement(0, Effect.ALLOW, access.actions, None, True, ("*",), False, principal))
    if access.resources:
        statements.append(
            Statement(len(statements), Effect.ALLOW, ("*",), None, False, access.resources, True, principal)
        )
    return Document(kind, tuple(statements), CURRENT_VERSION)
