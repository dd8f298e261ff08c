"""The IAM policy language as a library: parse a document, compile a caller, decide a request, explain the decision.

    document = parse_document(text, PolicyKind.IDENTITY)               # MalformedPolicy(message, place) when refused
    source = Source(PolicyKind.IDENTITY, "user/alice/reader", document)
    alice = compile_principal(PrincipalIdentity(kind=PrincipalType.USER, account=…, arn=…), [source])
    request = AuthorizationRequest("s3:GetObject", "arn:aws:s3:::logs/a", context={"aws:SourceIp": "203.0.113.9"})
    decision = decide(alice, request, compile_resource_policy(Source(PolicyKind.RESOURCE, bucket_arn, policy)))
    if not decision.is_allowed:
        raise AccessDenied(denial_message(alice.identity.arn, request.action, request.resource, decision))

Everything is pure: values in, values out; no clock, no store. Share `Source` objects among the callers who hold them, since
compilation is cached by source. Cache the compiled principal by the account's policy generation, and a compiled resource
policy with its resource. `explain` gives the same decision with every condition's actual values.
"""

from __future__ import annotations

from .compile import (
    CompiledPrincipal,
    CompiledResourcePolicy,
    Levels,
    ResourcePolicy,
    compile_levels,
    compile_principal,
    compile_resource_policy,
)
from .context import AuthorizationRequest, ContextValue
from .decision import ConditionFinding, Decision, MatchedStatement, Verdict
from .document import Condition, Document, Effect, PolicyKind, PrincipalElement, Quantifier, Source, Statement
from .evaluate import UNDENIABLE_ACTIONS, RememberedDecisions, decide, decide_many
from .explain import Explanation, StatementFinding, explain
from .identity import PrincipalIdentity, PrincipalType
from .malformed import MalformedPolicy
from .parse import MAX_DOCUMENT_CHARACTERS, parse_document
from .wording import denial_message, denial_reason

__all__ = [
    "MAX_DOCUMENT_CHARACTERS",
    "UNDENIABLE_ACTIONS",
    "AuthorizationRequest",
    "CompiledPrincipal",
    "CompiledResourcePolicy",
    "Condition",
    "ConditionFinding",
    "ContextValue",
    "Decision",
    "Document",
    "Effect",
    "Explanation",
    "Levels",
    "MalformedPolicy",
    "MatchedStatement",
    "PolicyKind",
    "PrincipalElement",
    "PrincipalIdentity",
    "PrincipalType",
    "Quantifier",
    "RememberedDecisions",
    "ResourcePolicy",
    "Source",
    "Statement",
    "StatementFinding",
    "Verdict",
    "compile_levels",
    "compile_principal",
    "compile_resource_policy",
    "decide",
    "decide_many",
    "denial_message",
    "denial_reason",
    "explain",
    "parse_document",
]
