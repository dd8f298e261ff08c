"""Try the changes of a web ACL that would let a false positive pass, and take the one that lets pass the fewest attacks.

A proof is made by deciding: the false positive passes, and each attack that was blocked before is asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from garrison.waf.bundle import Bundle
from garrison.waf.decision import Action, Decision
from garrison.waf.networks import Networks
from garrison.waf.patterns import MemoryCache, PatternCache
from garrison.waf.program import Program, compile_program
from garrison.waf.request import Request
from garrison.waf.tuning.attacks import Attack
from garrison.waf.tuning.changes import Change, changes_for
from garrison.waf.tuning.exceptions import exemptions_for

MOST_ROUNDS = 10
"""Rules that a request may be let off one after another."""


class Untunable(Exception):
    """There is nothing to propose; the message says why."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A web ACL that lets the false positive pass."""

    bundle: Bundle
    rules: tuple[str, ...]
    """The rules that it was let off, in the order in which they blocked it; of one in a group `rule/inner`."""
    steps: tuple[str, ...]
    """What was changed, in plain words, one a rule."""
    blocked: int
    """Attacks that were blocked before."""
    lost: tuple[str, ...]
    """Those of them that are no longer."""


@dataclass(frozen=True, slots=True)
class _Bench:
    """What candidates are tried on."""

    attacks: Sequence[Attack]
    networks: Networks | None
    cache: PatternCache
    now: float

    def program(self, bundle: Bundle) -> Program:
        return compile_program(bundle, networks=self.networks, cache=self.cache)

    def decide(self, program: Program, request: Request) -> Decision:
        return program.decide(replace(request, parsed={}), self.now)

    def blocked(self, bundle: Bundle) -> set[str]:
        """The names of attacks that are blocked. Each is asked by itself, so that rate-based rules have nothing to add."""
        program = self.program(bundle)
        found = [one for one in self.attacks if self.decide(program, one.request).action is Action.BLOCK]
        names = {one.name for one in found}
        return {one.name for one in found if not one.alone or one.alone in names}


def propose(
    bundle: Bundle,
    request: Request,
    attacks: Sequence[Attack],
    *,
    now: float,
    networks: Networks | None = None,
    cache: PatternCache | None = None,
) -> Proposal:
    """Raises Untunable: the request is not blocked, or by what no exception can be made of."""
    bench = _Bench(attacks, networks, cache or MemoryCache(), now)
    decision = bench.decide(bench.program(bundle), request)
    if decision.action is not Action.BLOCK:
        raise Untunable(f"the web ACL does not block the request: {decision.action.value} by {decision.rule}")
    before = bench.blocked(bundle)
    rules: list[str] = []
    steps: list[str] = []
    while decision.action is Action.BLOCK:
        if len(rules) == MOST_ROUNDS:
            raise Untunable(f"more than {MOST_ROUNDS} rules block the request: it looks like an attack")
        rules.append(_name(decision))
        change, decision = _best(bench, bundle, request, decision, before)
        steps.append(change.how)
        bundle = change.bundle
    lost = before - bench.blocked(bundle)
    return Proposal(bundle, tuple(rules), tuple(steps), len(before), tuple(sorted(lost)))


def _name(decision: Decision) -> str:
    hit = decision.terminating
    return decision.rule if hit is None or hit.rule == decision.rule else f"{decision.rule}/{hit.rule}"


def _best(
    bench: _Bench, bundle: Bundle, request: Request, decision: Decision, before: set[str]
) -> tuple[Change, Decision]:
    """The change after which the rule no longer blocks the request, and the fewest attacks pass; of equals the narrowest."""
    evidence = decision.terminating.evidence if decision.terminating is not None else ()
    best: tuple[int, Change, Decision] | None = None
    for exemption in exemptions_for(request, evidence):
        for change in changes_for(bundle, decision, exemption):
            after = bench.decide(bench.program(change.bundle), request)
            if after.action is Action.BLOCK and _name(after) in {_name(decision), *_added(bundle, change.bundle)}:
                continue
            lost = len(before - bench.blocked(change.bundle))
            if best is None or lost < best[0]:
                best = lost, change, after
            if lost == 0:
                return change, after
    if best is None:
        raise Untunable(f"no exception from {_name(decision)} lets the request pass")
    return best[1], best[2]


def _added(old: Bundle, new: Bundle) -> set[str]:
    """Rules that a change has added: where one of them blocks the request, nothing was won."""
    return {rule.name for rule in new.web_acl.rules} - {rule.name for rule in old.web_acl.rules}
