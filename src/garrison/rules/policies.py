"""Questions that rules ask of policies, put as proofs: is a kind of request let in, is a kind of request always denied?

A document is narrowed by a Deny of all but the actions in question; what every request must meet with is tried by an Allow of
just those requests beside the policy's own denials. Both go to `garrison.policy.analysis`, whose answers its evaluator confirms.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import unquote

from garrison.policy import (
    Condition,
    Document,
    Effect,
    MalformedPolicy,
    PolicyKind,
    PrincipalElement,
    Statement,
    parse_document,
)
from garrison.policy.analysis import Result, Verdict, check_no_new_access, check_no_public_access
from garrison.policy.document import CURRENT_VERSION
from garrison.rules.reading import Garbled

EVERYBODY = PrincipalElement(everyone=True)


@lru_cache(maxsize=4096)
def parsed(text: str, kind: PolicyKind = PolicyKind.RESOURCE) -> Document:
    """A policy from its text, percent-encoded as IAM gives it or plain; raises `Garbled`."""
    try:
        return parse_document(unquote(text) if text.startswith("%7B") else text, kind)
    except MalformedPolicy as error:
        raise Garbled(f"the policy: {error}") from None


@lru_cache(maxsize=4096)
def public_access(document: Document, actions: tuple[str, ...], excepting: bool = False) -> str | None:
    """An example of what anybody may do, among the actions or all but these; None where it is proved that nobody may."""
    if not _allows_anything(document):
        return None
    narrowing = Statement(
        index=len(document.statements),
        effect=Effect.DENY,
        actions=actions,
        not_action=not excepting,
        resources=("*",),
        principal=EVERYBODY,
    )
    narrowed = Document(document.kind, (*document.statements, narrowing), document.version)
    return _example(check_no_public_access(narrowed))


@lru_cache(maxsize=4096)
def not_denied(
    document: Document | None, actions: tuple[str, ...], resources: tuple[str, ...], when: tuple[Condition, ...]
) -> str | None:
    """A request of anybody's that meets the conditions and that no statement denies; None where all are denied."""
    denials = [one for one in (document.statements if document else ()) if one.effect is Effect.DENY]
    if any(_denies_just_that(one, actions, resources, when) for one in denials):
        return None
    tried = Statement(
        index=len(denials),
        effect=Effect.ALLOW,
        actions=actions,
        resources=resources,
        principal=EVERYBODY,
        conditions=when,
    )
    version = document.version if document else CURRENT_VERSION
    statements = (*(_numbered(one, index) for index, one in enumerate(denials)), tried)
    nothing = Document(PolicyKind.RESOURCE, (), version)
    return _example(check_no_new_access(Document(PolicyKind.RESOURCE, statements, version), nothing))


@lru_cache(maxsize=4096)
def granted_to_others(document: Document, account: str, actions: tuple[str, ...]) -> str | None:
    """An example of what the policy lets another account do among the actions; None where nothing."""
    if not _allows_anything(document):
        return None
    narrowing = Statement(
        index=len(document.statements),
        effect=Effect.DENY,
        actions=actions,
        not_action=True,
        resources=("*",),
        principal=EVERYBODY,
    )
    narrowed = Document(document.kind, (*document.statements, narrowing), document.version)
    return beyond(narrowed, Document(document.kind, (), document.version), account)


def beyond(document: Document, control: Document, account: str) -> str | None:
    """An example of what a policy lets other accounts do that the control policy does not; None where nothing."""
    if not _allows_anything(document):
        return None
    services = frozenset(
        service for one in document.statements if one.principal is not None for service in one.principal.services
    )
    own = Statement(
        index=len(control.statements),
        effect=Effect.ALLOW,
        actions=("*",),
        resources=("*",),
        principal=PrincipalElement(aws=frozenset({account}), services=services),
    )
    allowed = Document(control.kind, (*control.statements, own), control.version)
    return _example(check_no_new_access(document, allowed))


def grants_everything(document: Document) -> Statement | None:
    """The first statement that allows every action on every resource."""
    for statement in document.statements:
        if (
            statement.effect is Effect.ALLOW
            and _names_everything(statement.actions, statement.not_action)
            and _names_everything(statement.resources, statement.not_resource)
        ):
            return statement
    return None


def _allows_anything(document: Document) -> bool:
    """Whether any statement allows; where none does there is nothing to prove."""
    return any(one.effect is Effect.ALLOW for one in document.statements)


def _denies_just_that(
    statement: Statement, actions: tuple[str, ...], resources: tuple[str, ...], when: tuple[Condition, ...]
) -> bool:
    """Whether a denial names all of it word for word, as most do: then there is nothing left to prove."""
    principal = statement.principal
    return (
        principal is not None
        and not principal.negated
        and (principal.everyone or "*" in principal.aws)
        and not (statement.not_action or statement.not_resource)
        and ("*" in statement.actions or set(actions) <= set(statement.actions))
        and ("*" in statement.resources or set(resources) <= set(statement.resources))
        and set(statement.conditions) <= set(when)
    )


def _names_everything(patterns: Sequence[str], is_negated: bool) -> bool:
    return not is_negated and any(set(pattern) <= {"*", ":"} and "*" in pattern for pattern in patterns)


def _numbered(statement: Statement, index: int) -> Statement:
    return Statement(
        index=index,
        effect=statement.effect,
        actions=statement.actions,
        sid=statement.sid,
        not_action=statement.not_action,
        resources=statement.resources,
        not_resource=statement.not_resource,
        principal=statement.principal,
        conditions=statement.conditions,
    )


def _example(verdict: Verdict) -> str | None:
    if verdict.result is Result.UNKNOWN:
        raise Garbled("the policy: neither proved nor refuted within the work allowed")
    if verdict.result is Result.PASS:
        return None
    reason = verdict.reasons[0]
    request = reason.example.request
    return f"{request.action} on {request.resource} by {reason.example.identity.arn or 'anybody'}"
