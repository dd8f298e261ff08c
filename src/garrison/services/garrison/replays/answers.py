"""Equal questions have equal answers: what a draft changes is found once for each caller, action, resource and set of condition values.

Only the condition keys that the policies in play name can make a difference, so only their values are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from garrison.policy import CompiledPrincipal, CompiledResourcePolicy, ContextValue
from garrison.policy.keys import context_keys
from garrison.policy.replay import Outcome, PolicyReplay

MOST_KEPT = 100_000
"""Answers that are kept; beyond it they begin anew."""


class Parties(NamedTuple):
    """Whose policies decide."""

    principal: CompiledPrincipal
    brought: Mapping[str, ContextValue]
    """The condition values that the caller brings into each request."""
    policy: CompiledResourcePolicy | None


class Answer(NamedTuple):
    """What a draft changes about a call."""

    effect: str
    missing: tuple[str, ...]
    statements: list[str]
    """The ids of the statements that decide with the draft."""

    @classmethod
    def of(cls, outcome: Outcome | None) -> Answer | None:
        """An outcome, as it is told."""
        if outcome is None:
            return None
        return cls(outcome.change.value, outcome.missing, [one.id for one in outcome.after.statements])


@dataclass(slots=True)
class Asked:
    """Whether a caller may do an action on a resource: the question without its condition values."""

    principal_arn: str
    action: str
    resource: str
    parties: Parties
    keys: tuple[str, ...]
    """The condition keys that the policies in play name, in lower case."""
    answers: dict[tuple[Hashable, ...], Answer | None] = field(default_factory=dict)


class Answers:
    """What a draft has changed so far, by question."""

    def __init__(self, replay: PolicyReplay) -> None:
        self._replay = replay
        self._asked: dict[Hashable, Asked] = {}
        self._count = 0

    def asked(self, question: Hashable) -> Asked | None:
        """What is known of a question; `question` stands for its caller, action and resource."""
        return self._asked.get(question)

    def begin(self, question: Hashable, principal_arn: str, action: str, resource: str, parties: Parties) -> Asked:
        """A question that is asked for the first time."""
        self._one_more()
        asked = Asked(principal_arn, action, resource, parties, self._keys(parties))
        self._asked[question] = asked
        return asked

    def answer(
        self,
        asked: Asked,
        value_of: Callable[[str], ContextValue | None],
        ask: Callable[[Asked], Outcome | None],
    ) -> Answer | None:
        """The answer for the condition values of one event; `value_of` a key in lower case."""
        values = tuple([_hashable(value_of(key)) for key in asked.keys]) if asked.keys else ()
        try:
            return asked.answers[values]
        except KeyError:
            self._one_more()
            answer = asked.answers[values] = Answer.of(ask(asked))
        return answer

    def _one_more(self) -> None:
        self._count += 1
        if self._count > MOST_KEPT:
            self._asked.clear()
            self._count = 0

    def _keys(self, parties: Parties) -> tuple[str, ...]:
        sources = [*parties.principal.held, *(source for level in parties.principal.rcps for source in level)]
        documents = [source.document for source in sources]
        documents += [parties.policy.source.document] if parties.policy is not None else []
        documents += [self._replay.document] if self._replay.document is not None else []
        return tuple(sorted(key.lower() for key in context_keys(documents)))


def _hashable(value: ContextValue | None) -> Hashable:
    return tuple(value) if isinstance(value, list) else value
