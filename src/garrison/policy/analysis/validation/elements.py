"""What elements a policy and its statements must and must not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...document import CURRENT_VERSION, FIRST_VERSION, PolicyKind
from .findings import Findings, Path
from .positions import Node

_TOP = {"Version": "String", "Id": "String", "Statement": "Array"}
_STATEMENT = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)
_NAMES_PRINCIPALS = frozenset({PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.RCP})
_SID = re.compile(r"[0-9A-Za-z]*")


@dataclass(frozen=True, slots=True)
class Place:
    """A statement of the policy under examination."""

    node: Node
    path: Path
    kind: PolicyKind
    has_variables: bool
    """Whether the policy's version has variables."""

    def element(self, name: str) -> Node | None:
        """An element, None where it is absent."""
        return self.node.member(name)

    def values(self, name: str) -> Iterator[tuple[Node, Path]]:
        """The texts of an element that is a text or a list of texts."""
        node = self.element(name)
        if node is None:
            return
        for index, item in enumerate(node.listed):
            if item.kind == "String":
                place: Path = (*self.path, ("value", name))
                yield item, (*place, ("index", index)) if node.kind == "Array" else place

    @property
    def allows(self) -> bool:
        """Whether its effect is Allow."""
        effect = self.element("Effect")
        return effect is not None and bool(effect.value == "Allow")


def check_policy(root: Node, kind: PolicyKind, findings: Findings) -> list[Place]:
    """Examine the policy's own elements; the statements that can be examined further."""
    if root.kind != "Object":
        findings.add("DATA_TYPE_MISMATCH", (), root, expected="Object")
        return []
    for member in root.members:
        if member.key not in _TOP:
            findings.add(
                "INVALID_POLICY_ELEMENT", (("key", member.key),), (member.start, member.end), element=member.key
            )
    has_variables = _check_version(root, findings)
    written = root.member("Statement")
    if written is None or (written.kind == "Array" and not written.items):
        findings.add("MISSING_STATEMENT", (), written or root)
        return []
    places: list[Place] = []
    for index, node in enumerate(written.listed):
        path: Path = (
            (("value", "Statement"), ("index", index)) if written.kind == "Array" else (("value", "Statement"),)
        )
        if node.kind != "Object":
            findings.add("DATA_TYPE_MISMATCH", path, node, expected="Object")
            continue
        place = Place(node, path, kind, has_variables)
        _check_statement(place, findings)
        places.append(place)
    _check_sids(places, findings)
    return places


def _check_version(root: Node, findings: Findings) -> bool:
    version = root.member("Version")
    if version is None:
        findings.add("MISSING_VERSION", (), root)
        return False
    path: Path = (("value", "Version"),)
    if version.kind != "String":
        findings.add("DATA_TYPE_MISMATCH", path, version, expected="String")
    elif version.value not in (CURRENT_VERSION, FIRST_VERSION):
        findings.add("INVALID_VERSION", path, version, version=version.value)
    return bool(version.value != FIRST_VERSION)


def _check_statement(place: Place, findings: Findings) -> None:
    for member in place.node.members:
        if member.key not in _STATEMENT:
            path = (*place.path, ("key", member.key))
            findings.add("INVALID_POLICY_ELEMENT", path, (member.start, member.end), element=member.key)
    for first in ("Action", "Resource", "Principal"):
        _check_combination(place, first, f"Not{first}", findings)
    _check_effect(place, findings)
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        _check_texts(place, name, findings)
    if not _has(place, "Action"):
        findings.add("MISSING_ACTION", place.path, place.node)
    if not _has(place, "Resource") and place.kind is not PolicyKind.TRUST:
        findings.add("MISSING_RESOURCE", place.path, place.node)
    _check_principal_presence(place, findings)
    if place.kind is PolicyKind.RCP:
        _check_rcp(place, findings)


def _has(place: Place, name: str) -> bool:
    return place.element(name) is not None or place.element(f"Not{name}") is not None


def _check_combination(place: Place, first: str, second: str, findings: Findings) -> None:
    node = place.element(second)
    if node is not None and place.element(first) is not None:
        path = (*place.path, ("value", second))
        findings.add("UNSUPPORTED_ELEMENT_COMBINATION", path, node, first=first, second=second)


def _check_effect(place: Place, findings: Findings) -> None:
    effect = place.element("Effect")
    if effect is None:
        findings.add("MISSING_EFFECT", place.path, place.node)
    elif effect.kind != "String":
        findings.add("DATA_TYPE_MISMATCH", (*place.path, ("value", "Effect")), effect, expected="String")
    elif effect.value not in ("Allow", "Deny"):
        findings.add("INVALID_EFFECT", (*place.path, ("value", "Effect")), effect, effect=effect.value)


def _check_texts(place: Place, name: str, findings: Findings) -> None:
    node = place.element(name)
    if node is None:
        return
    path: Path = (*place.path, ("value", name))
    if node.kind == "Array" and not node.items:
        findings.add(f"EMPTY_ARRAY_{name.removeprefix('Not').upper()}", path, node)
    for index, item in enumerate(node.listed):
        if item.kind != "String":
            here = (*path, ("index", index)) if node.kind == "Array" else path
            findings.add("DATA_TYPE_MISMATCH", here, item, expected="String")


def _check_principal_presence(place: Place, findings: Findings) -> None:
    if place.kind in _NAMES_PRINCIPALS:
        if not _has(place, "Principal"):
            findings.add("MISSING_PRINCIPAL", place.path, place.node)
        return
    code = "SCP_SYNTAX_ERROR_PRINCIPAL" if place.kind is PolicyKind.SCP else "UNSUPPORTED_PRINCIPAL"
    for name in ("Principal", "NotPrincipal"):
        node = place.element(name)
        if node is not None:
            findings.add(code, (*place.path, ("value", name)), node, element=name)


def _check_rcp(place: Place, findings: Findings) -> None:
    effect = place.element("Effect")
    if effect is not None and place.allows:
        findings.add("RCP_SYNTAX_ERROR_ALLOW", (*place.path, ("value", "Effect")), effect)
    excluded = place.element("NotAction")
    if excluded is not None:
        findings.add("RCP_SYNTAX_ERROR_NOTACTION", (*place.path, ("value", "NotAction")), excluded)
    for name in ("Principal", "NotPrincipal"):
        node = place.element(name)
        if node is not None and (name == "NotPrincipal" or node.value != "*"):
            findings.add("RCP_SYNTAX_ERROR_PRINCIPAL", (*place.path, ("value", name)), node)


def _check_sids(places: list[Place], findings: Findings) -> None:
    seen: set[str] = set()
    for place in places:
        sid = place.element("Sid")
        if sid is None:
            continue
        path: Path = (*place.path, ("value", "Sid"))
        if sid.kind != "String":
            findings.add("DATA_TYPE_MISMATCH", path, sid, expected="String")
            continue
        is_held = place.kind is not PolicyKind.RESOURCE
        if not sid.value:
            findings.add("EMPTY_SID_VALUE", path, sid)
        elif is_held and not _SID.fullmatch(sid.value):
            findings.add("UNSUPPORTED_SID", path, sid)
        elif sid.value in seen:
            code = "UNIQUE_SIDS_REQUIRED" if is_held else "UNIQUE_SIDS_RECOMMENDED"
            findings.add(code, path, sid, sid=sid.value)
        seen.add(sid.value)
