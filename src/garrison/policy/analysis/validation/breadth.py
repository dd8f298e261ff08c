"""Grants that reach further than they look: principals by exclusion, iam:PassRole and iam:CreateServiceLinkedRole."""

from __future__ import annotations

import re

from ...document import PolicyKind
from ...glob import compile_pattern
from .elements import Place
from .findings import Findings, Path
from .positions import Node
from .variables import check_no_variables

_PRINCIPAL_KEYS = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
_FAMILIES = {"iam:passrole": "PASS_ROLE", "iam:createservicelinkedrole": "CREATE_SLR"}
_LIMITED = re.compile(r"arn:[^:]+:iam::[^:]*:role/.*[^*?/].*")
"""A role's ARN that names something of the role."""


def check_principals(place: Place, findings: Findings) -> None:
    """Examine Principal and NotPrincipal."""
    if place.kind not in (PolicyKind.RESOURCE, PolicyKind.TRUST):
        return
    excluded = place.element("NotPrincipal")
    if excluded is not None and place.allows:
        findings.add("ALLOW_WITH_NOT_PRINCIPAL", (*place.path, ("value", "NotPrincipal")), excluded)
    for name in ("Principal", "NotPrincipal"):
        node = place.element(name)
        path: Path = (*place.path, ("value", name))
        if node is None or node.value == "*":
            continue
        if node.kind != "Object":
            findings.add("INVALID_PRINCIPAL_FORMAT", path, node)
        elif not node.members:
            findings.add("EMPTY_OBJECT_PRINCIPAL", path, node)
        else:
            _check_kinds(node, path, findings)


def _check_kinds(node: Node, path: Path, findings: Findings) -> None:
    for member in node.members:
        if member.key not in _PRINCIPAL_KEYS:
            key_path = (*path, ("key", member.key))
            findings.add("INVALID_PRINCIPAL_KEY", key_path, (member.start, member.end), key=member.key)
            continue
        here: Path = (*path, ("value", member.key))
        if member.node.kind == "Array" and not member.node.items:
            findings.add("EMPTY_ARRAY_PRINCIPAL", here, member.node)
        for index, one in enumerate(member.node.listed):
            place: Path = (*here, ("index", index)) if member.node.kind == "Array" else here
            _check_name(member.key, one, place, findings)


def _check_name(key: str, node: Node, path: Path, findings: Findings) -> None:
    if node.kind != "String":
        findings.add("DATA_TYPE_MISMATCH", path, node, expected="String")
    elif check_no_variables(node, path, findings):
        return
    elif {"*", "?"} & set(node.value) and not (key == "AWS" and node.value == "*"):
        findings.add("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", path, node)
    elif key == "AWS" and re.fullmatch(r"AROA[A-Z0-9]{12,}", node.value):
        findings.add("INVALID_ROLE_REFERENCE", path, node, id=node.value)
    elif key == "AWS" and re.fullmatch(r"AIDA[A-Z0-9]{12,}", node.value):
        findings.add("INVALID_USER_REFERENCE", path, node, id=node.value)


def check_delegation(place: Place, findings: Findings) -> None:
    """Examine what an Allow of a policy held by principals delegates."""
    if place.kind is not PolicyKind.IDENTITY or not place.allows:
        return
    for action, family in _FAMILIES.items():
        how = _how_granted(place, action)
        where = _how_wide(place)
        if how is None or where is None:
            continue
        if action == "iam:passrole" and where == "STAR_IN_RESOURCE" and _limits_service(place):
            continue
        node = place.element("NotResource" if where == "NOT_RESOURCE" else "Resource") or place.node
        name = "NotResource" if where == "NOT_RESOURCE" else "Resource"
        findings.add(_code(family, how, where), (*place.path, ("value", name)), node)


def _code(family: str, how: str, where: str) -> str:
    if how == "named":
        return f"{family}_WITH_{where}"
    if how == "star":
        return f"{family}_WITH_STAR_IN_ACTION_AND_{where.removeprefix('STAR_IN_')}"
    return (
        f"{family}_WITH_NOT_ACTION_AND_NOT_RESOURCE"
        if where == "NOT_RESOURCE"
        else f"{family}_WITH_{where}_AND_NOT_ACTION"
    )


def _how_granted(place: Place, action: str) -> str | None:
    """Whether an action is allowed by its name, by a wildcard, or by not being excluded."""
    if place.element("NotAction") is not None:
        excluded = any(compile_pattern(node.value.lower())(action) for node, _ in place.values("NotAction"))
        return None if excluded else "excluded"
    texts = [node.value.lower() for node, _ in place.values("Action")]
    if action in texts:
        return "named"
    return "star" if any(compile_pattern(text)(action) for text in texts if "*" in text or "?" in text) else None


def _how_wide(place: Place) -> str | None:
    if place.element("NotResource") is not None:
        return "NOT_RESOURCE"
    texts = [node.value for node, _ in place.values("Resource")]
    roles = [
        text
        for text in texts
        if text == "*" or compile_pattern(":".join(text.split(":")[:5]) + ":*")("arn:aws:iam::1:r")
    ]
    is_wide = any("*" in text and not _LIMITED.fullmatch(text) for text in roles)
    return "STAR_IN_RESOURCE" if is_wide else None


def _limits_service(place: Place) -> bool:
    """Whether a condition on iam:PassedToService limits to whom roles are passed."""
    condition = place.element("Condition")
    return condition is not None and any(
        member.key.lower() in ("iam:passedtoservice", "iam:associatedresourcearn")
        for block in condition.members
        for member in block.node.members
    )
