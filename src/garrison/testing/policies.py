"""Write policies in a test's few words: statements, and documents made of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

VERSION = "2012-10-17"

Statement: TypeAlias = Mapping[str, Any]
Policy: TypeAlias = str | Mapping[str, Any]
"""A managed policy's ARN, the name of one of AWS's own (`ReadOnlyAccess`), a statement, or a whole document."""


def allow(*actions: str, on: str | Iterable[str] = "*", when: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A statement that allows actions on resources, `when` its condition block holds."""
    return _statement("Allow", actions, on, when)


def deny(*actions: str, on: str | Iterable[str] = "*", when: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A statement that denies actions on resources, `when` its condition block holds."""
    return _statement("Deny", actions, on, when)


def document(policy: Mapping[str, Any]) -> str:
    """A policy document as JSON, of a document or of one statement."""
    whole = policy if "Statement" in policy else {"Version": VERSION, "Statement": [policy]}
    return json.dumps(whole)


def managed_arn(name: str) -> str:
    """The ARN of a managed policy: as given, or of one of AWS's own by its name (`job-function/ViewOnlyAccess`)."""
    return name if name.startswith("arn:") else f"arn:aws:iam::aws:policy/{name}"


def trust(*principals: str, when: Mapping[str, Any] | None = None) -> str:
    """A trust policy that lets AWS principals (ARNs or account ids) assume a role and tag its sessions."""
    actions = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": actions}
    if when:
        statement["Condition"] = when
    return document(statement)


def _statement(
    effect: str, actions: tuple[str, ...], on: str | Iterable[str], when: Mapping[str, Any] | None
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "Effect": effect,
        "Action": list(actions),
        "Resource": [on] if isinstance(on, str) else list(on),
    }
    if when:
        made["Condition"] = when
    return made
