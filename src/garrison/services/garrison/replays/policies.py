"""Replay a policy: each recorded decision is made again, with the policies of today, with and without the draft.

Own records keep every decision with its condition values, so that what is found is certain. Records of other accounts do not: the
caller's other policies are then those that were collected, else what the record says of its outcome stands for them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from garrison.arn import parse_arn
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
from garrison.policy.actions import ActionFacts
from garrison.policy.context import lower_keys
from garrison.policy.estate import Estate, Member
from garrison.policy.reach import policy_on
from garrison.policy.replay import Change, Draft, Outcome, PolicyReplay
from garrison.policy.supposing import Suppositions
from garrison.services.garrison.events import Recorded
from garrison.services.garrison.foreign import (
    Question,
    action_of,
    identity_members,
    is_unknown,
    outcome_of,
    question_of,
    request_of,
    value_of,
)
from garrison.services.garrison.replays.answers import Answer, Answers, Asked, Parties
from garrison.services.garrison.replays.groups import Groups
from garrison.services.garrison.replays.records import PastEvent
from garrison.services.garrison.replays.told import OWN, PARTS, Decided, Own, Parts, shape_of

if TYPE_CHECKING:
    Compile = Callable[[Recorded], CompiledPrincipal]
    PolicyOf = Callable[[str], CompiledResourcePolicy | None]

_MOST_KEPT = 5_000
_MOST_SHAPES = 50_000
_NOTHING: Mapping[str, ContextValue] = {}
_OTHER_POLICIES = "other policies"
"""What is missing where a draft would allow, but the record does not say which policy refused."""


def _identity_source(effect: str) -> Source:
    text = f'{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}","Action":"*","Resource":"*"}}]}}'
    return Source(PolicyKind.IDENTITY, "as-recorded", parse_document(text, PolicyKind.IDENTITY))


_ALLOWED, _DENIED = _identity_source("Allow"), _identity_source("Deny")


class _Foreign(NamedTuple):
    """What is known of calls of another account that ask the same."""

    asked: Asked
    question: Question
    is_guess: bool
    """Whether the record does not say which policy refused, and the caller's were not collected."""


class ReplayedPolicy:
    """The replay of a policy over events, one after another; each question of theirs is worked out once."""

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
        self._shapes: dict[Hashable, _Foreign] = {}
        self._callers: dict[Hashable, tuple[CompiledPrincipal, Mapping[str, ContextValue]]] = {}

    def feed(self, past: PastEvent) -> None:
        """Look at one event."""
        try:
            parts = PARTS.decode(past.text)
        except msgspec.ValidationError:
            self.skipped += 1
            return
        if past.decision is not None:
            self._decided(past, parts, OWN.decode(past.decision))
            return
        facts = action_of(parts)
        if facts is None:
            self.skipped += 1
        elif self._foreign.draft.resource is not None or self._foreign.concerns(facts.name, ""):
            self._called(past, parts, facts)

    def _decided(self, past: PastEvent, parts: Parts, own: Own) -> None:
        """A call of this account, whose decisions were kept with all that they were made on."""
        decisions = [each for each in own.decisions if self._own.concerns(each.action, each.resource)]
        if not decisions:
            return
        context: Mapping[str, ContextValue] = own.context or {}
        identity = identity_members(parts)
        caller = (identity, bytes(own.session), context.get("aws:MultiFactorAuthPresent"))
        lowered: dict[str, ContextValue] | None = None
        for each in decisions:
            asked = self._own_answers.asked((caller, each.action, each.resource))
            if asked is None:
                asked = self._own_question(caller, past, each)
            if asked.keys and lowered is None:
                lowered = lower_keys(context)
            answer = self._own_answers.answer(
                asked, (lowered or _NOTHING).get, lambda known: self._own_outcome(known, context)
            )
            self._keep(parts, asked, answer)

    def _own_question(self, caller: Hashable, past: PastEvent, decided: Decided) -> Asked:
        recorded = past.recorded()
        kept = self._callers.get(caller) or self._known(caller, self._compiled(recorded))
        parties = Parties(*kept, self._policy_of(decided.resource))
        question = (caller, decided.action, decided.resource)
        return self._own_answers.begin(question, recorded.principal_arn, decided.action, decided.resource, parties)

    def _own_outcome(self, asked: Asked, context: Mapping[str, ContextValue]) -> Outcome | None:
        principal, brought, policy = asked.parties
        principal.context = {**brought, **lower_keys(context)}
        arn = parse_arn(asked.resource)
        owner = (arn and arn.account) or self._account
        return self._own.outcome(principal, AuthorizationRequest(asked.action, asked.resource, owner, context), policy)

    def _known(
        self, key: Hashable, principal: CompiledPrincipal
    ) -> tuple[CompiledPrincipal, Mapping[str, ContextValue]]:
        """Keep a caller, and what it brings into each request."""
        if len(self._callers) >= _MOST_KEPT:
            self._callers.clear()
        kept = self._callers[key] = principal, principal.context
        return kept

    def _called(self, past: PastEvent, parts: Parts, facts: ActionFacts) -> None:
        """A call of another account: with the caller's policies where they were collected."""
        shape = shape_of(parts, facts)
        known = self._shapes.get(shape)
        if known is None:
            if len(self._shapes) >= _MOST_SHAPES:
                self._shapes.clear()
            known = self._shapes[shape] = self._foreign_question(past, facts)
        answer = self._foreign_answers.answer(
            known.asked, lambda key: value_of(parts, key), lambda _: self._foreign_outcome(known, parts)
        )
        self._keep(parts, known.asked, answer)

    def _foreign_question(self, past: PastEvent, facts: ActionFacts) -> _Foreign:
        recorded = past.recorded()
        question = question_of(recorded.record, facts)
        member = self._estate.find(recorded.principal_arn) if self._estate is not None else None
        caller: Hashable = (
            member.arn if member is not None else (identity_members(recorded.record), outcome_of(recorded.record))
        )
        key = (caller, question.action, question.resource, question.owner)
        asked = self._foreign_answers.asked(key)
        if asked is None:
            kept = self._callers.get(caller) or self._known(caller, self._supposed(member, question))
            policy = policy_on(self._estate, question.resource) if member is not None and self._estate else None
            parties = Parties(*kept, policy)
            asked = self._foreign_answers.begin(
                key, recorded.principal_arn, question.action, question.resource, parties
            )
        return _Foreign(asked, question, member is None and not question.is_identity_denial)

    def _foreign_outcome(self, known: _Foreign, parts: Parts) -> Outcome | None:
        principal, _, policy = known.asked.parties
        outcome = self._foreign.outcome(principal, request_of(parts, known.question), policy)
        if outcome is not None and outcome.change is Change.NEWLY_ALLOWED and known.is_guess:
            return replace(outcome, change=Change.UNDETERMINED, missing=(_OTHER_POLICIES,))
        return outcome

    def _supposed(self, member: Member | None, question: Question) -> CompiledPrincipal:
        """The policies that were collected of a caller; of a stranger nothing is known but how the call ended."""
        if member is not None and self._estate is not None:
            return self._estate.compiled(member)
        held = [_ALLOWED] if question.was_allowed else [_DENIED] if question.was_explicitly_denied else []
        return compile_principal(question.identity, held)

    def _keep(self, parts: Parts, asked: Asked, answer: Answer | None) -> None:
        if answer is None:
            return
        self.groups.add(
            answer.effect,
            (asked.principal_arn, asked.action, asked.resource),
            parts["eventID"],
            parts["eventTime"],
            missing=answer.missing,
            DecidingStatements=answer.statements,
        )
