"""Who from outside an account gets in by a resource's policy: each grant to somebody outside, proved to be one.

A statement that names an outsider is no finding by itself: a condition may shut everybody outside out, and a Deny may take the
grant back. So each is asked of the prover, which has to find a request that gets in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..document import CURRENT_VERSION, Document, Effect, Statement
from ..identity import PrincipalType
from .callers import Caller, Callers
from .domains import Choice, Domain
from .effort import DEFAULT_STEPS, Effort
from .newaccess import Comparison, Result
from .public import check_no_public_access

_ACCOUNT = re.compile(r"[0-9]{12}")
_SET_BY_AWS = frozenset(
    {
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceowner",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    }
)
"""Keys that tell whose resource or account a call comes from."""
_TOKENS = frozenset({PrincipalType.WEB_IDENTITY, PrincipalType.SAML})


@dataclass(frozen=True, slots=True)
class ExternalGrant:
    """Access of somebody outside the account."""

    kind: str
    """`AWS`, `Federated` or `CanonicalUser`."""
    principal: str
    """As the policy names it; `*` for everybody."""
    actions: tuple[str, ...]
    """As the policy writes them."""
    condition: tuple[tuple[str, str], ...]
    """The condition keys of the statement with their values."""
    is_public: bool


def external_grants(document: Document, account: str, *, steps: int = DEFAULT_STEPS) -> tuple[ExternalGrant, ...]:
    """The grants of a resource's policy to principals outside the account that owns the resource."""
    public = {reason.statement for reason in check_no_public_access(document, steps=steps).reasons}
    found: dict[tuple[str, str, tuple[tuple[str, str], ...]], ExternalGrant] = {}
    for statement in document.statements:
        if statement.effect is not Effect.ALLOW:
            continue
        for kind, name in _outsiders(statement, account):
            if _gets_in(document, statement, _Only(_means(kind, name, account), account), steps):
                condition = _conditions(statement)
                key = (kind, name, condition)
                known = found.get(key)
                actions = dict.fromkeys((*(known.actions if known else ()), *statement.actions))
                is_public = (name == "*" and statement.index in public) or bool(known and known.is_public)
                found[key] = ExternalGrant(kind, name, tuple(actions), condition, is_public)
    return tuple(found.values())


def _outsiders(statement: Statement, account: str) -> Iterator[tuple[str, str]]:
    """Whom a statement names outside the account; services are AWS itself and no finding."""
    element = statement.principal
    if element is None:
        return
    if element.everyone or element.negated or "*" in element.aws:
        yield "AWS", "*"
        return
    yield from (("AWS", name) for name in sorted(element.aws) if _account_of(name) not in (account, None))
    yield from (("Federated", name) for name in sorted(element.federated))
    yield from (("CanonicalUser", name) for name in sorted(element.canonical_users))


def _account_of(name: str) -> str | None:
    """The account that a principal's name belongs to; None where only IAM could tell (unique ids)."""
    fields = name.split(":", 5)
    candidate = fields[4] if len(fields) == 6 else name
    return candidate if _ACCOUNT.fullmatch(candidate) else None


def _means(kind: str, name: str, account: str) -> Callable[[Caller], bool]:
    """Tells the callers whom a finding is about."""
    if kind == "Federated":
        return lambda caller: caller.identity.kind in _TOKENS and caller.identity.provider == name
    if kind == "CanonicalUser":
        return lambda caller: caller.identity.canonical_user_id == name
    if name == "*":
        return lambda caller: caller.identity.account != account and caller.identity.kind is not PrincipalType.SERVICE
    owner = _account_of(name)
    if name == owner or name.endswith(":root"):
        return lambda caller: caller.identity.account == owner
    return lambda caller: name in (caller.identity.arn, caller.identity.role_arn)


class _Only:
    """One outsider."""

    def __init__(self, means: Callable[[Caller], bool], account: str) -> None:
        self._means = means
        self._account = account

    def callers(self, callers: Callers) -> Callers:
        """Those who are meant."""
        return Callers(tuple(filter(self._means, callers.members)), callers.are_complete)

    def domain(self, domain: Domain) -> Domain:
        """Outsiders may show anything but that they come from the account's own resources: AWS sets these keys."""
        if domain.key not in _SET_BY_AWS:
            return domain
        return domain.keeping(lambda choice: not self._is_own(choice))

    def _is_own(self, choice: Choice) -> bool:
        values = choice.value if isinstance(choice.value, list) else [choice.value]
        return any(isinstance(value, str) and _account_of(value) == self._account for value in values)


def _gets_in(document: Document, statement: Statement, outsider: _Only, steps: int) -> bool:
    """Whether the statement lets such a caller in, the policy's denies considered; undecided counts as yes."""
    denies = tuple(one for one in document.statements if one.effect is Effect.DENY)
    asked = Document(document.kind, (statement, *denies), document.version)
    nothing = Document(document.kind, (), CURRENT_VERSION)
    return Comparison(asked, nothing, Effort(steps), outsider).verdict().result is not Result.PASS


def _conditions(statement: Statement) -> tuple[tuple[str, str], ...]:
    return tuple((condition.key, ", ".join(condition.values)) for condition in statement.conditions)
