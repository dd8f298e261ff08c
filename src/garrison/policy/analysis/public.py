"""Does a resource's policy let in just anybody?

A policy is public where somebody whom it does not name, from an account it does not name, gets in with values that it does
not fix. Source: S3 user guide, "The meaning of 'public'": fixed values of certain keys make a grant private, wildcards do
not, and address ranges wider than /8 (IPv4) or /32 (IPv6) count as any address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_network

from ..conditions.addresses import network_of
from ..document import CURRENT_VERSION, Document
from ..glob import compile_pattern
from ..identity import PrincipalType
from .callers import Caller, Callers
from .domains import Asked, Choice, Domain
from .effort import DEFAULT_STEPS, Effort
from .newaccess import Comparison, Verdict

FIXING_KEYS = frozenset(
    {
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpcsourceip",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    }
)
"""Keys whose fixed values make a grant private."""
WIDEST = {4: 8, 6: 32}
"""The shortest prefixes that do not count as any address."""
_PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_FIXED_ACCOUNT = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[0-9]{12}:.*", re.DOTALL)
_FIXED_START = re.compile(r"o-[a-z0-9]+/.*|[^*?]*", re.DOTALL)


def check_no_public_access(policy: Document, *, steps: int = DEFAULT_STEPS) -> Verdict:
    """Whether nobody gets in whom the policy does not mean."""
    nothing = Document(policy.kind, (), CURRENT_VERSION)
    return Comparison(policy, nothing, Effort(steps), _Public()).verdict()


class _Public:
    """Everybody with nothing to show for it."""

    def callers(self, callers: Callers) -> Callers:
        """The anonymous, and those of the account that no policy names."""
        outside = next((one.identity.account for one in callers.members if one.identity.account), None)
        members = tuple(one for one in callers.members if _is_public(one, outside))
        return Callers(members, callers.are_complete)

    def domain(self, domain: Domain) -> Domain:
        """Without the values that the policy fixes."""
        if domain.key not in FIXING_KEYS:
            return domain
        patterns = list(_fixed(domain.satisfying))
        return domain.keeping(lambda choice: not _matches_any(choice, patterns))


def _is_public(caller: Caller, outside: str | None) -> bool:
    return caller.identity.kind is PrincipalType.ANONYMOUS or (
        caller.identity.account is not None and caller.identity.account == outside
    )


def _fixed(asked: dict[Asked, int]) -> Iterator[str]:
    for condition, _, _ in asked:
        for value in condition.values:
            if _FIXED_ACCOUNT.fullmatch(value) or _FIXED_START.fullmatch(value):
                yield value


def _matches_any(choice: Choice, patterns: list[str]) -> bool:
    values = choice.value if isinstance(choice.value, list) else [choice.value]
    return any(isinstance(value, str) and _is_fixed(value, pattern) for value in values for pattern in patterns)


def _is_fixed(value: str, pattern: str) -> bool:
    network = network_of(pattern)
    address = network_of(value)
    if network is None or address is None or ("/" not in pattern and network != address):
        return compile_pattern(pattern)(value)
    if network.version != address.version or int(address.network_address) not in range(
        int(network.network_address), int(network.broadcast_address) + 1
    ):
        return False
    is_private = network.version == 4 and any(network.subnet_of(one) for one in _PRIVATE if one.version == 4)
    return is_private or network.prefixlen >= WIDEST[network.version]
