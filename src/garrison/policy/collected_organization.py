"""Service control policies as they were collected: an organization's tree, or levels of policies by account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .compile import Levels, compile_levels
from .document import PolicyKind, Source
from .estate import plain_text
from .malformed import SYNTAX, MalformedPolicy
from .parse import parse_document

Json = Mapping[str, Any]


def managers(organization: Any) -> frozenset[str]:
    """The management accounts, which SCPs do not touch: a tree names its own in its ARN."""
    trees = (organization if isinstance(organization, list) else [organization]) if organization is not None else []
    return frozenset(tree["Arn"].split(":")[4] for tree in trees if "Arn" in tree)


def levels_of(organization: Any, account: str) -> Levels:
    """The levels of policies over an account, the root's first; none where the organization does not have it."""
    for tree in organization if isinstance(organization, list) else [organization]:
        if account in tree:
            return compile_levels([_scp(number, one) for one in level] for number, level in enumerate(tree[account]))
        found = list(_levels_to(tree, account))
        if found:
            return compile_levels(found)
    return ()


def _levels_to(tree: Json, account: str) -> list[list[Source]]:
    """The policies from the root of a tree down to an account; none where the account is not in it."""
    here = [_scp(0, policy["Content"], policy["Arn"]) for policy in tree.get("Policies") or ()]
    if tree.get("Id") == account:
        return [here]
    for child in tree.get("Children") or ():
        below = _levels_to(child, account)
        if below:
            return [here, *below]
    return []


def _scp(level: int, document: Any, name: str | None = None) -> Source:
    text = plain_text(document)
    try:
        return Source(PolicyKind.SCP, name or f"scp/level-{level + 1}", parse_document(text, PolicyKind.SCP))
    except MalformedPolicy as malformed:
        raise MalformedPolicy(f"{name or 'SCP'}: {malformed.message or SYNTAX}", malformed.place) from None
