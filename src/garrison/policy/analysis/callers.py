"""Callers that stand for all whom two policies can tell apart: named ones, others of the same accounts, and outsiders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product

from ..context import ContextValue
from ..document import PrincipalElement
from ..identity import PrincipalIdentity, PrincipalType, identity_context
from ..principals import Grant, grant_to, names_of
from ..variables import parse_template
from .automaton import Product, Shape
from .domains import Asked, variables_of
from .effort import Effort
from .resources import part_shape
from .values import representatives, value_shape

IDENTITY_KEYS = frozenset(
    {
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principaltype",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:userid",
        "aws:username",
    }
)
"""Context keys that follow from who asks (`identity.identity_context`)."""
OWNER = "000011112222"
"""The account of the resources of resource policies: nobody's who asks, so that the policy alone decides."""
_OTHER_ACCOUNTS = ("111122223333", "444455556666", "777788889999", "123456789012", "210987654321")
_ACCOUNT = re.compile(r"[0-9]{12}")
_FRESH = "example"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who asks."""

    identity: PrincipalIdentity
    keys: dict[str, ContextValue]
    """The context keys that follow from the identity."""
    is_renamable: bool = True
    """No policy names the caller, so that its user name may be any."""

    def reached_by(self, element: PrincipalElement | None, effect: object) -> bool:
        """Whether a statement with this principal element means the caller."""
        if element is None:
            return True
        return grant_to(element, self.identity, names_of(self.identity), effect) is not Grant.NONE  # type: ignore[arg-type]

    def renamed(self, name: str) -> Caller | None:
        """The same caller under another user name, where that is possible."""
        if self.identity.kind is not PrincipalType.USER or not self.is_renamable or not name or ":" in name:
            return None
        arn = f"{self.identity.arn.rpartition('/')[0]}/{name}"
        return caller_of(replace(self.identity, arn=arn, user_name=name))


def caller_of(identity: PrincipalIdentity, *, is_renamable: bool = True) -> Caller:
    """A caller with its context keys."""
    return Caller(identity, identity_context(identity), is_renamable)


def user(account: str, path_and_name: str = _FRESH, user_id: str | None = None) -> PrincipalIdentity:
    """An IAM user."""
    name = path_and_name.rpartition("/")[2]
    return PrincipalIdentity(
        kind=PrincipalType.USER,
        account=account,
        arn=f"arn:aws:iam::{account}:user/{path_and_name}",
        user_id=user_id or "AIDAEXAMPLEEXAMPLEXXX",
        user_name=name,
    )


def session(
    account: str, path_and_name: str = _FRESH, session_name: str = "session", user_id: str | None = None
) -> PrincipalIdentity:
    """A session of an IAM role."""
    name = path_and_name.rpartition("/")[2]
    return PrincipalIdentity(
        kind=PrincipalType.ROLE_SESSION,
        account=account,
        arn=f"arn:aws:sts::{account}:assumed-role/{name}/{session_name}",
        user_id=user_id or f"AROAEXAMPLEEXAMPLEXXX:{session_name}",
        role_arn=f"arn:aws:iam::{account}:role/{path_and_name}",
    )


@dataclass(frozen=True, slots=True)
class Callers:
    """Those who stand for all, and whether they do."""

    members: tuple[Caller, ...]
    are_complete: bool


def callers_for(elements: Sequence[PrincipalElement], asked: Sequence[Asked], effort: Effort) -> Callers:
    """Callers for policies with these principal elements (none: policies held by principals) and conditions."""
    of_identity: dict[str, list[Asked]] = {}
    uses_names = False
    for one in asked:
        key = one[0].key.lower()
        if key in IDENTITY_KEYS:
            of_identity.setdefault(key, []).append(one)
        uses_names = uses_names or any(variable.key in IDENTITY_KEYS for variable in variables_of(one))
    if not elements and not of_identity:
        return Callers((caller_of(user(_OTHER_ACCOUNTS[0])), caller_of(session(_OTHER_ACCOUNTS[0]))), True)
    world = _World(elements, of_identity, effort)
    members = [*world.of_accounts(), *world.outsiders()] if elements else list(world.of_accounts())
    return Callers(tuple(members), world.is_complete)


class _World:
    """Everybody whom the policies name, and somebody whom they do not."""

    def __init__(
        self, elements: Sequence[PrincipalElement], of_identity: dict[str, list[Asked]], effort: Effort
    ) -> None:
        self.elements = elements
        self.of_identity = of_identity
        self.effort = effort
        self.named = sorted({name for element in elements for name in element.aws | element.canonical_users})
        self.is_complete = True
        self.arn_shapes = self._shapes("aws:principalarn")
        self.names = self._values("aws:username")
        self.ids: list[str | None] = [*self._values("aws:userid")] or [None]
        if self.names and self.arn_shapes:
            self.is_complete = all(shape.is_literal for shape in self._shapes("aws:username"))

    def _asked(self, key: str) -> list[Asked]:
        return self.of_identity.get(key, [])

    def _written(self, key: str) -> list[str]:
        return [value for condition, _, _ in self._asked(key) for value in condition.values]

    def _shapes(self, key: str) -> list[Shape]:
        return list(
            dict.fromkeys(
                value_shape(condition.operator, value, with_variables=with_variables)
                for condition, _, with_variables in self._asked(key)
                for value in condition.values
                if condition.operator.startswith(("String", "Arn"))
            )
        )

    def _values(self, key: str) -> list[str]:
        asked = [(condition, with_variables) for condition, _, with_variables in self._asked(key)]
        if not asked:
            return []
        values, complete = representatives(asked, "String", self.effort)
        self.is_complete = self.is_complete and complete
        return values

    def accounts(self) -> list[str]:
        """Those that policies name anywhere, and one that they do not."""
        written = [*self.named, *self._written("aws:principalarn"), *self._written("aws:principalaccount")]
        named = sorted({found for text in written for found in _accounts_in(text)})
        other = next(account for account in chain(_OTHER_ACCOUNTS, _further_accounts()) if account not in named)
        return [other, *named]

    def of_accounts(self) -> Iterator[Caller]:
        """Users, role sessions and, where principals are named, roots and federated users."""
        for account in self.accounts():
            for arn in self._arns(account, "user"):
                for user_id in self.ids:
                    yield caller_of(user(account, arn, user_id), is_renamable=not self.names)
            for arn in self._arns(account, "role"):
                for user_id in self.ids:
                    yield caller_of(session(account, arn, user_id=user_id))
            if self.elements:
                root = f"arn:aws:iam::{account}:root"
                yield caller_of(PrincipalIdentity(kind=PrincipalType.ROOT, account=account, arn=root, user_id=account))
        yield from self._named_callers()

    def _arns(self, account: str, kind: str) -> Iterator[str]:
        """Path and name of users or roles, one for each combination of patterns that ARNs of the account can match."""
        names = [name for name in self.names if name and "/" not in name] if kind == "user" else []
        yield from names or [_FRESH]
        if not self.arn_shapes:
            return
        start = f"arn:aws:iam::{account}:{kind}/"
        seen: set[int] = set()
        for tail in [f"*{name}" for name in names] or ["*"]:
            base = part_shape(parse_template(f"{start}{tail}", with_variables=False).tokens)
            for found in Product((base, *self.arn_shapes)).combinations(self.effort):
                rest = found.text.removeprefix(start)
                if rest and not rest.endswith("/") and (found.matched not in seen or names):
                    seen.add(found.matched)
                    yield rest

    def _named_callers(self) -> Iterator[Caller]:
        for name in self.named:
            fields = name.split(":", 5)
            if len(fields) == 6:
                yield from _of_arn(fields[4], fields[5])
            elif not _ACCOUNT.fullmatch(name) and name != "*":
                yield from _of_id(name)

    def outsiders(self) -> Iterator[Caller]:
        """Services, tokens of identity providers and the anonymous."""
        services = sorted({name for element in self.elements for name in element.services})
        services += [name for name in self._written("aws:principalservicename") if "*" not in name]
        for service in (*services, "example.amazonaws.com"):
            yield caller_of(PrincipalIdentity(kind=PrincipalType.SERVICE, service=service))
        providers = sorted({name for element in self.elements for name in element.federated})
        for provider, kind in product((*providers, "example.com"), (PrincipalType.WEB_IDENTITY, PrincipalType.SAML)):
            yield caller_of(PrincipalIdentity(kind=kind, provider=provider))
        yield caller_of(PrincipalIdentity(kind=PrincipalType.ANONYMOUS))


def _of_arn(account: str, resource: str) -> Iterator[Caller]:
    kind, _, rest = resource.partition("/")
    if kind == "user":
        yield caller_of(user(account, rest), is_renamable=False)
    elif kind == "role":
        yield caller_of(session(account, rest))
    elif kind == "assumed-role":
        name, _, session_name = rest.partition("/")
        yield caller_of(session(account, name, session_name))
        yield caller_of(session(account, f"other/{name}", session_name))
    elif kind == "federated-user":
        yield caller_of(
            PrincipalIdentity(
                kind=PrincipalType.FEDERATED_USER,
                account=account,
                arn=f"arn:aws:sts::{account}:federated-user/{rest}",
                user_id=f"{account}:{rest}",
            )
        )


def _of_id(name: str) -> Iterator[Caller]:
    account = _OTHER_ACCOUNTS[0]
    if name.startswith("AROA"):
        yield caller_of(session(account, user_id=f"{name}:session"))
    elif re.fullmatch(r"[0-9a-f]{64}", name):
        yield caller_of(replace(user(account), canonical_user_id=name), is_renamable=False)
    else:
        yield caller_of(user(account, user_id=name), is_renamable=False)


def _accounts_in(text: str) -> Iterator[str]:
    fields = text.split(":", 5)
    candidate = fields[4] if len(fields) == 6 else text
    if _ACCOUNT.fullmatch(candidate):
        yield candidate


def _further_accounts() -> Iterable[str]:
    return (f"{number:012}" for number in range(300_000_000_000, 300_000_100_000))
