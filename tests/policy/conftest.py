"""One way for policy tests to ask for a decision: `ask`, with the policies as plain statements."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from garrison.policy import (
    AuthorizationRequest,
    CompiledPrincipal,
    CompiledResourcePolicy,
    Decision,
    Explanation,
    Levels,
    PolicyKind,
    PrincipalIdentity,
    PrincipalType,
    ResourcePolicy,
    Source,
    compile_levels,
    compile_principal,
    compile_resource_policy,
    decide,
    explain,
    parse_document,
)

Statements = Sequence[Mapping[str, Any]]

ACCOUNT = "111122223333"
ALICE = PrincipalIdentity(
    kind=PrincipalType.USER,
    account=ACCOUNT,
    arn=f"arn:aws:iam::{ACCOUNT}:user/alice",
    user_id="AIDAALICEALICEALICE00",
    user_name="alice",
)
SESSION = PrincipalIdentity(
    kind=PrincipalType.ROLE_SESSION,
    account=ACCOUNT,
    arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/examplerole/examplesession",
    user_id="AROAEXAMPLEEXAMPLE000:examplesession",
    role_arn=f"arn:aws:iam::{ACCOUNT}:role/examplerole",
)
ROOT = PrincipalIdentity(kind=PrincipalType.ROOT, account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:root", user_id=ACCOUNT)
FEDERATED = PrincipalIdentity(
    kind=PrincipalType.FEDERATED_USER,
    account=ACCOUNT,
    arn=f"arn:aws:sts::{ACCOUNT}:federated-user/bob",
    user_id=f"{ACCOUNT}:bob",
    source_user_arn=f"arn:aws:iam::{ACCOUNT}:user/alice",
)
IDENTITIES = {"alice": ALICE, "session": SESSION, "root": ROOT, "federated": FEDERATED}


def source(kind: PolicyKind, statements: Statements, name: str | None = None, version: str = "2012-10-17") -> Source:
    text = json.dumps({"Version": version, "Statement": list(statements)})
    return Source(kind, name or f"{kind}-policy", parse_document(text, kind))


class Question:
    """Everything that `decide` is asked with."""

    def __init__(
        self,
        principal: CompiledPrincipal,
        request: AuthorizationRequest,
        resource_policy: CompiledResourcePolicy | None,
        controls: Levels | None,
    ) -> None:
        self.arguments = (principal, request, resource_policy, controls)

    def decision(self) -> Decision:
        return decide(*self.arguments)

    def explanation(self) -> Explanation:
        return explain(*self.arguments)


def question(
    action: str = "s3:GetObject",
    resource: str = "arn:aws:s3:::logs/a",
    *,
    who: str | PrincipalIdentity = "alice",
    owner: str | None = ACCOUNT,
    context: Mapping[str, Any] | None = None,
    identity: Statements = (),
    boundary: Statements | None = None,
    session: Statements | None = None,
    scps: Sequence[Statements] = (),
    rcps: Sequence[Statements] | None = None,
    on_resource: Statements | None = None,
    trust: Statements | None = None,
    must_allow: bool = False,
    version: str = "2012-10-17",
    **changes: Any,
) -> Question:
    caller = replace(IDENTITIES[who] if isinstance(who, str) else who, **changes)
    principal = compile_principal(
        caller,
        [source(PolicyKind.IDENTITY, identity, version=version)] if identity else [],
        boundary=None if boundary is None else source(PolicyKind.BOUNDARY, boundary),
        session=None if session is None else [source(PolicyKind.SESSION, session)] if session else [],
        scp_levels=[[source(PolicyKind.SCP, level)] for level in scps],
    )
    policy = None
    if on_resource is not None:
        policy = compile_resource_policy(ResourcePolicy(source(PolicyKind.RESOURCE, on_resource), must_allow))
    if trust is not None:
        policy = compile_resource_policy(source(PolicyKind.TRUST, trust))
    controls = None if rcps is None else compile_levels([[source(PolicyKind.RCP, level)] for level in rcps])
    return Question(principal, AuthorizationRequest(action, resource, owner, context or {}), policy, controls)


@pytest.fixture(scope="session")
def ask() -> Callable[..., Decision]:
    """Decide: `ask(action, resource, identity=[…], boundary=[…], on_resource=[…], who="session", …)`."""
    return lambda *args, **kwargs: question(*args, **kwargs).decision()


@pytest.fixture(scope="session")
def ask_why() -> Callable[..., Explanation]:
    """Explain, with the arguments of `ask`."""
    return lambda *args, **kwargs: question(*args, **kwargs).explanation()
