"""Judge a host by a profile: every rule gets a verdict, whatever the host or the rule holds."""

from __future__ import annotations

from collections.abc import Callable

from garrison.scan.benchmarks import checks, templates  # noqa: F401 - they register their kinds
from garrison.scan.benchmarks.applicability import applies
from garrison.scan.benchmarks.check import Check, Verdict
from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import KINDS, Arguments, Watch
from garrison.scan.benchmarks.outcome import BadRule, Outcome, Unreadable, not_applicable, passes, shown, unknown
from garrison.scan.benchmarks.rule import Profile, Rule
from garrison.scan.benchmarks.walk import walk
from garrison.scan.inventory.facts import Inventory
from garrison.scan.roots.root import Entry, Kind, Root


def evaluate(
    root: Root, inventory: Inventory, profile: Profile, *, besides: Callable[[Entry], None] | None = None
) -> tuple[Check, ...]:
    """A check for each rule of the profile, in its order.

    Rules that must look through the file system share one walk of it; `besides` is shown each regular file on
    the host's disks in that same walk.
    """
    host = Host(root, inventory)
    begun = [_begin(host, rule, profile) for rule in profile.rules]
    watches = [watch for watch in begun if isinstance(watch, Watch)]
    if besides is not None:
        watches.append(
            Watch(("/",), besides, lambda: passes("it judges nothing"), lambda entry: entry.kind is Kind.FILE)
        )
    seen = walk(host, watches)
    ended = (_end(one, seen) if isinstance(one, Watch) else one for one in begun)
    return tuple(_told(rule, profile, outcome) for rule, outcome in zip(profile.rules, ended, strict=True))


def _begin(host: Host, rule: Rule, profile: Profile) -> Outcome | Watch:
    try:
        if not applies(host, rule.platforms):
            return not_applicable(f"only for {' or '.join(rule.platforms)}")
        judge = KINDS.get(rule.kind)
        if judge is None:
            return unknown(f"no check for {rule.kind}" if rule.kind else "the rule's source holds no check as data")
        return judge(host, Arguments(rule.id, rule.arguments, profile.values))
    except Unreadable as unreadable:
        return unknown(str(unreadable))
    except BadRule as bad:
        return unknown(f"the rule cannot be judged: {bad}")


def _end(watch: Watch, unseen: dict[str, str]) -> Outcome:
    try:
        outcome = watch.finish()
    except Unreadable as unreadable:
        return unknown(str(unreadable))
    hidden = [f"{path}: {reason}" for path, reason in unseen.items() if _lies_below(path, watch.below)]
    if hidden and outcome.verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE):
        return unknown(f"nothing wrong in what could be seen; {hidden[0]}")
    return outcome


def _lies_below(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def _told(rule: Rule, profile: Profile, outcome: Outcome) -> Check:
    return Check(
        rule=rule.id,
        title=rule.title,
        severity=rule.severity,
        verdict=outcome.verdict,
        evidence=shown(outcome.evidence),
        description=rule.description,
        fix=rule.fix,
        references=rule.references,
        packages=rule.packages,
        profile=profile.id,
    )
