"""Go through a web ACL's rules with a request of which not all is known, and gather every way that it may end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from garrison.waf.bundle import Bundle
from garrison.waf.decision import Action
from garrison.waf.evaluation import Evaluation
from garrison.waf.networks import Networks
from garrison.waf.patterns import PatternCache
from garrison.waf.program import compile_program
from garrison.waf.program.actions import Doing
from garrison.waf.program.program import DEFAULT_RULE
from garrison.waf.program.rules import Compiled, CompiledGroup, CompiledRule
from garrison.waf.rates import Counters
from garrison.waf.recorded import Recorded
from garrison.waf.supposing.doubt import Doubt, doubt_of, doubting


@dataclass(frozen=True, slots=True)
class Way:
    """A way that the evaluation may end."""

    action: Action
    rule: str
    """The web ACL's rule; of a rule in a group `rule/inner`."""
    missing: tuple[str, ...] = ()
    """What would have to be known to know whether it ends so; empty for the way that is taken where no earlier one is."""


@dataclass(frozen=True, slots=True)
class Supposed:
    """All the ways, in the order of the rules: the last is certain to be taken where none before it is."""

    ways: tuple[Way, ...]

    @property
    def action(self) -> Action | None:
        """What is done, whichever way is taken; None where that depends."""
        found = {way.action for way in self.ways}
        return self.ways[-1].action if len(found) == 1 else None

    @property
    def rule(self) -> str:
        """The rule that ends it for all that is known."""
        return self.ways[-1].rule

    def open_ways(self) -> tuple[Way, ...]:
        """Those that would change what is done otherwise."""
        return tuple(way for way in self.ways[:-1] if way.action is not self.ways[-1].action)


class Supposer:
    """A web ACL, to be asked about requests of logs. Rate-based rules count what they are asked about, so ask in order of time."""

    def __init__(
        self,
        bundle: Bundle,
        *,
        networks: Networks | None = None,
        counters: Counters | None = None,
        cache: PatternCache | None = None,
    ) -> None:
        """Raises Refused: something in it cannot work here."""
        self._program = compile_program(
            bundle, networks=networks, counters=counters, cache=cache, wrap=doubting(networks is not None)
        )

    def suppose(self, recorded: Recorded) -> Supposed:
        """What the web ACL would do."""
        recorded.request.parsed[Doubt] = Doubt(recorded.gaps)
        return self._program.walk(recorded.request, recorded.at, _walk)


def _walk(rules: Sequence[Compiled], default: Doing, evaluation: Evaluation) -> Supposed:
    ways: list[Way] = []
    for rule in rules:
        walked = _group if isinstance(rule, CompiledGroup) else _rule
        if walked(rule, evaluation, ways):  # type: ignore[arg-type]
            return Supposed(tuple(ways))
    ways.append(Way(default.action, DEFAULT_RULE))
    return Supposed(tuple(ways))


def _rule(rule: CompiledRule, evaluation: Evaluation, ways: list[Way]) -> bool:
    """Gives whether the evaluation certainly ends here."""
    missing = _match(rule, evaluation, frozenset())
    if missing is None or rule.doing.action is Action.COUNT:
        return False
    ways.append(Way(rule.doing.action, rule.name, missing))
    return not missing


def _group(group: CompiledGroup, evaluation: Evaluation, ways: list[Way]) -> bool:
    doubt = doubt_of(evaluation)
    doubt.asked = set()
    if group.scope is not None:
        inside = group.scope.matches(evaluation)
        _keep_pending(evaluation)
        if not inside and not (inside is None and doubt.asked):
            return False
        scope = frozenset() if inside else frozenset(doubt.asked)
    else:
        scope = frozenset()
    for rule in group.rules:
        missing = _match(rule, evaluation, scope)
        if missing is None or rule.doing.action is Action.COUNT:
            continue
        if group.override is None:
            ways.append(Way(rule.doing.action, f"{group.name}/{rule.name}", missing))
        if not missing:
            return group.override is None
    return False


def _match(rule: CompiledRule, evaluation: Evaluation, scope: frozenset[str]) -> tuple[str, ...] | None:
    """None where the rule does not match; else what would have to be known to be sure that it does."""
    doubt = doubt_of(evaluation)
    doubt.asked = set()
    said = rule.matcher.matches(evaluation)
    _keep_pending(evaluation)
    if said is False or (said is None and not doubt.asked):
        return None
    missing = tuple(sorted(scope | (doubt.asked if said is None else set())))
    (doubt.labels if missing else evaluation.labels).update(dict.fromkeys(rule.labels))
    doubt.about_labels.update(missing)
    return missing


def _keep_pending(evaluation: Evaluation) -> None:
    evaluation.labels.update(dict.fromkeys(evaluation.pending))
    evaluation.pending.clear()
