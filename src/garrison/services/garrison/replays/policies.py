"""Replay a policy: each recorded decision is made again, with the policies of today, with and without the draft.

Own records keep every decision with its condition values, so that what is found is certain. Records of other accounts do not: the
caller's other policies are then those that were collected, else what the record says of its outcome stands for them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.arn import parse_arn
from garrison.decision_key import DECISION_KEY
from garrison.policy import (
    AuthorizationRequest,
    CompiledPrincipal,
    CompiledResourcePolicy,
    ContextValue,
    PolicyKind,
    Source,
    compile_principal,
    parse_document,
)
from garrison.policy.context import lower_keys
from garrison.policy.estate import Estate, Member
from garrison.policy.reach import policy_on
from garrison.policy.replay import Change, Draft, Outcome, PolicyReplay
from garrison.policy.supposing import Suppositions
from garrison.services.garrison.events import Recorded
from garrison.services.garrison.foreign import Question, action_of, is_unknown, question_of, request_of, value_of
from garrison.services.garrison.replays.answers import Answers, Parties
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
        self._own_answers, self._foreign_answers = Answers(self._own), Answers(self._foreign)
        self._account = account
        self._compiled = compiled
        self._policy_of = policy_of
        self._estate = estate
        self._callers: dict[Hashable, tuple[CompiledPrincipal, Mapping[str, ContextValue]]] = {}

    def feed(self, record: dict[str, Any]) -> None:
        """Look at one record."""
        recorded = Recorded(record)
        if recorded.decisions:
            concerned = [each for each in recorded.decisions if self._own.concerns(each["action"], each["resource"])]
            if concerned:
                self._decided(recorded, concerned)
        elif DECISION_KEY not in record:
            facts = action_of(record)
            if facts is None:
                self.skipped += 1
            elif self._foreign.draft.resource is not None or self._foreign.concerns(facts.name, ""):
                self._asked(recorded, question_of(record, facts))

    def _decided(self, recorded: Recorded, decisions: list[dict[str, Any]]) -> None:
        """A call of this account, whose decisions were kept with all that they were made on."""
        context = recorded.own.get("context") or {}
        lowered = lower_keys(context)
        identity = recorded.record["userIdentity"]
        caller = codec.encode([identity.get("arn"), identity.get("principalId"), recorded.own.get("session")])
        for decided in decisions:
            action, resource = decided["action"], decided["resource"]

            def ask(parties: Parties, action: str = action, resource: str = resource) -> Outcome | None:
                arn = parse_arn(resource)
                brought = self._callers[caller][1]
                parties.principal.context = {**brought, **lowered}
                request = AuthorizationRequest(action, resource, (arn and arn.account) or self._account, context)
                return self._own.outcome(parties.principal, request, parties.policy)

            def parties(resource: str = resource) -> Parties:
                return Parties(self._caller(caller, recorded), self._policy_of(resource))

            self._caller(caller, recorded)
            outcome = self._own_answers.of((caller, action, resource), parties, lowered.get, ask)
            self._keep(recorded, action, resource, outcome)

    def _caller(self, key: Hashable, recorded: Recorded) -> CompiledPrincipal:
        """The caller with its policies of today."""
        kept = self._callers.get(key)
        if kept is None:
            kept = self._known(key, self._compiled(recorded))
        return kept[0]

    def _known(
        self, key: Hashable, principal: CompiledPrincipal
    ) -> tuple[CompiledPrincipal, Mapping[str, ContextValue]]:
        """Keep a caller, and what it brings into each request."""
        if len(self._callers) >= _MOST_KEPT:
            self._callers.clear()
        kept = self._callers[key] = principal, principal.context
        return kept

    def _asked(self, recorded: Recorded, question: Question) -> None:
        """A call of another account: with the caller's policies where they were collected."""
        member = self._estate.find(recorded.principal_arn) if self._estate is not None else None
        ended = (question.was_allowed, question.was_explicitly_denied)
        identity = question.identity
        caller = (member.arn,) if member is not None else (identity.arn, identity.user_id, identity.role_arn, *ended)

        def parties() -> Parties:
            kept = self._callers.get(caller) or self._known(caller, self._supposed(member, question))
            policy = policy_on(self._estate, question.resource) if member is not None and self._estate else None
            return Parties(kept[0], policy)

        outcome = self._foreign_answers.of(
            (caller, question.action, question.resource, question.owner),
            parties,
            lambda key: value_of(recorded.record, key),
            lambda found: self._foreign.outcome(found[0], request_of(recorded.record, question), found[1]),
        )
        is_guess = member is None and not question.is_identity_denial
        if outcome is not None and outcome.change is Change.NEWLY_ALLOWED and is_guess:
            outcome = replace(outcome, change=Change.UNDETERMINED, missing=(_OTHER_POLICIES,))
        self._keep(recorded, question.action, question.resource, outcome)

    def _supposed(self, member: Member | None, question: Question) -> CompiledPrincipal:
        """The policies that were collected of a caller; of a stranger nothing is known but how the call ended."""
        if member is not None and self._estate is not None:
            return self._estate.compiled(member)
        held = [_ALLOWED] if question.was_allowed else [_DENIED] if question.was_explicitly_denied else []
        return compile_principal(question.identity, held)

    def _keep(self, recorded: Recorded, action: str, resource: str, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        record = recorded.record
        self.groups.add(
            outcome.change.value,
            (recorded.principal_arn, action, resource),
            record["eventID"],
            record["eventTime"],
            missing=outcome.missing,
            DecidingStatements=[one.id for one in outcome.after.statements],
        )
