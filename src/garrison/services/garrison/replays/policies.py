"""Replay a policy: each recorded decision is made again, with the policies of today, with and without the draft.

Own records keep every decision with its condition values, so that what is found is certain. Records of other accounts do not: the
caller's other policies are then those that were collected, else what the record says of its outcome stands for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.arn import parse_arn
from garrison.policy import (
    AuthorizationRequest,
    CompiledPrincipal,
    CompiledResourcePolicy,
    PolicyKind,
    PrincipalIdentity,
    Source,
    compile_principal,
    parse_document,
)
from garrison.policy.context import lower_keys
from garrison.policy.estate import Estate
from garrison.policy.reach import policy_on
from garrison.policy.replay import Change, Draft, Outcome, PolicyReplay
from garrison.policy.supposing import Suppositions
from garrison.services.garrison.events import Recorded
from garrison.services.garrison.foreign import Question, is_unknown, question_of
from garrison.services.garrison.replays.groups import Groups

if TYPE_CHECKING:
    Compile = Callable[[Recorded], CompiledPrincipal]
    PolicyOf = Callable[[str], CompiledResourcePolicy | None]

_MOST_KEPT = 5_000
_OTHER_POLICIES = "other policies"
"""What is missing where a draft would allow, but the record does not say which policy refused."""


def _identity_source(effect: str) -> Source:
    text = f'{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}","Action":"*","Resource":"*"}}]}}'
    return Source(PolicyKind.IDENTITY, "as-recorded", parse_document(text, PolicyKind.IDENTITY))


_ALLOWED, _DENIED = _identity_source("Allow"), _identity_source("Deny")


class ReplayedPolicy:
    """The replay of a policy over records, one after another."""

    def __init__(
        self, draft: Draft, account: str, compiled: Compile, policy_of: PolicyOf, estate: Estate | None
    ) -> None:
        self.groups = Groups(("Principal", "Action", "Resource"))
        self.skipped = 0
        """Records that say nothing about authorization: their action is not known."""
        self._own = PolicyReplay(draft)
        self._foreign = PolicyReplay(draft, Suppositions(is_unknown))
        self._account = account
        self._compiled = compiled
        self._policy_of = policy_of
        self._estate = estate
        self._callers: dict[bytes, tuple[CompiledPrincipal, Mapping[str, Any]]] = {}
        self._policies: dict[str, CompiledResourcePolicy | None] = {}
        self._strangers: dict[tuple[PrincipalIdentity, bool, bool], CompiledPrincipal] = {}

    def feed(self, record: dict[str, Any]) -> None:
        """Look at one record."""
        recorded = Recorded(record)
        if recorded.decisions:
            for decided in recorded.decisions:
                if self._own.concerns(decided["action"], decided["resource"]):
                    self._decided(recorded, decided["action"], decided["resource"])
        elif "_garrison" not in record:
            question = question_of(record)
            if question is None:
                self.skipped += 1
            elif self._foreign.concerns(question.request.action, question.request.resource):
                self._asked(recorded, question)

    def _decided(self, recorded: Recorded, action: str, resource: str) -> None:
        context = recorded.own.get("context") or {}
        principal, brought = self._caller(recorded)
        principal.context = {**brought, **lower_keys(context)}
        arn = parse_arn(resource)
        request = AuthorizationRequest(action, resource, (arn and arn.account) or self._account, context)
        self._keep(recorded, request, self._own.outcome(principal, request, self._policy(resource)))

    def _caller(self, recorded: Recorded) -> tuple[CompiledPrincipal, Mapping[str, Any]]:
        """The caller with its policies of today, and what it brings into each request."""
        identity = recorded.record["userIdentity"]
        key = codec.encode([identity.get("arn"), identity.get("principalId"), recorded.own.get("session")])
        kept = self._callers.get(key)
        if kept is None:
            if len(self._callers) >= _MOST_KEPT:
                self._callers.clear()
            principal = self._compiled(recorded)
            kept = self._callers[key] = principal, principal.context
        return kept

    def _policy(self, resource: str) -> CompiledResourcePolicy | None:
        if resource not in self._policies:
            if len(self._policies) >= _MOST_KEPT:
                self._policies.clear()
            self._policies[resource] = self._policy_of(resource)
        return self._policies[resource]

    def _asked(self, recorded: Recorded, question: Question) -> None:
        member = self._estate.find(recorded.principal_arn) if self._estate is not None else None
        policy = None
        if member is not None and self._estate is not None:
            principal = self._estate.compiled(member)
            policy = policy_on(self._estate, question.request.resource)
        else:
            principal = self._stranger(question)
        outcome = self._foreign.outcome(principal, question.request, policy)
        is_guess = member is None and not question.is_identity_denial
        if outcome is not None and outcome.change is Change.NEWLY_ALLOWED and is_guess:
            outcome = replace(outcome, change=Change.UNDETERMINED, missing=(_OTHER_POLICIES,))
        self._keep(recorded, question.request, outcome)

    def _stranger(self, question: Question) -> CompiledPrincipal:
        """A caller of whom nothing is known but how the call ended."""
        key = question.identity, question.was_allowed, question.was_explicitly_denied
        kept = self._strangers.get(key)
        if kept is None:
            if len(self._strangers) >= _MOST_KEPT:
                self._strangers.clear()
            held = [_ALLOWED] if question.was_allowed else [_DENIED] if question.was_explicitly_denied else []
            kept = self._strangers[key] = compile_principal(question.identity, held)
        return kept

    def _keep(self, recorded: Recorded, request: AuthorizationRequest, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        record = recorded.record
        self.groups.add(
            outcome.change.value,
            (recorded.principal_arn, request.action, request.resource),
            record["eventID"],
            record["eventTime"],
            missing=outcome.missing,
            DecidingStatements=[one.id for one in outcome.after.statements],
        )
