"""Equal questions have equal answers: what a draft changes is found once for each caller, action, resource and set of condition values.

Only the condition keys that the policies in play name can make a difference, so only their values are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import NamedTuple

from garrison.policy import CompiledPrincipal, CompiledResourcePolicy, ContextValue
from garrison.policy.keys import context_keys
from garrison.policy.replay import Outcome, PolicyReplay

MOST_KEPT = 100_000
"""Answers that are kept; beyond it begins anew."""


class Parties(NamedTuple):
    """Whose policies decide."""

    principal: CompiledPrincipal
    policy: CompiledResourcePolicy | None


@dataclass(slots=True)
class _Kept:
    parties: Parties
    keys: tuple[str, ...]
    """In lower case."""
    outcomes: dict[tuple[Hashable, ...], Outcome | None] = field(default_factory=dict)


class Answers:
    """What a draft has changed so far."""

    def __init__(self, replay: PolicyReplay) -> None:
        self._replay = replay
        self._kept: dict[Hashable, _Kept] = {}
        self._count = 0

    def of(
        self,
        question: Hashable,
        parties: Callable[[], Parties],
        value_of: Callable[[str], ContextValue | None],
        ask: Callable[[Parties], Outcome | None],
    ) -> Outcome | None:
        """The answer to a question, which stands for its caller, action and resource; `value_of` a key in lower case."""
        kept = self._kept.get(question)
        if kept is None:
            found = parties()
            kept = self._kept[question] = _Kept(found, self._keys(found))
            self._count += 1
        values = tuple([_hashable(value_of(key)) for key in kept.keys])
        try:
            return kept.outcomes[values]
        except KeyError:
            outcome = kept.outcomes[values] = ask(kept.parties)
            self._count += 1
        if self._count >= MOST_KEPT:
            self._kept.clear()
            self._count = 0
        return outcome

    def _keys(self, parties: Parties) -> tuple[str, ...]:
        principal, policy = parties
        sources = [*principal.held, *(source for level in principal.rcps for source in level)]
        documents = [source.document for source in sources]
        documents += [policy.source.document] if policy is not None else []
        documents += [self._replay.document] if self._replay.document is not None else []
        return tuple(sorted(key.lower() for key in context_keys(documents)))


def _hashable(value: ContextValue | None) -> Hashable:
    return tuple(value) if isinstance(value, list) else value
