"""Which rules to apply: those of packs, those of a name, or all; each with its parameters, and what must be left out with the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from garrison.errors import OperatorError
from garrison.rules import ActiveRule, InvalidParameters, Rule, activate, needs
from garrison.rules.packs import Pack
from garrison.rules.registry import ACCOUNT


@dataclass(frozen=True, slots=True)
class NamedPack:
    """A conformance pack and what it is called."""

    name: str
    pack: Pack


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A rule that was asked for and cannot be applied."""

    name: str
    reason: str
    pack: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rules to apply."""

    rules: tuple[ActiveRule, ...]
    """No two of a name."""
    packs: Mapping[str, tuple[str, ...]]
    """Each pack with the names of its rules among them."""
    left_out: tuple[LeftOut, ...] = ()

    def of_types(self, types: Collection[str]) -> Chosen:
        """Those of the rules that read nothing but these types."""
        rules = tuple(active for active in self.rules if all(name in types for name in needs([active])))
        names = {active.name for active in rules}
        packs = {pack: tuple(each for each in of if each in names) for pack, of in self.packs.items()}
        return Chosen(rules, packs, self.left_out)

    def packs_of(self, name: str) -> tuple[str, ...]:
        """The packs that ask for a rule."""
        return tuple(pack for pack, names in self.packs.items() if name in names)


def choose(
    known: Mapping[str, Rule],
    *,
    packs: Sequence[NamedPack] = (),
    patterns: Sequence[str] = (),
    types: Sequence[str] = (),
) -> Chosen:
    """Choose among known rules: those that packs name (else all), of which patterns mean the identifier, that judge any of the types.

    A rule that several packs want with the same parameters is applied once. Raises `OperatorError` for a pattern that means none.
    """
    for pattern in patterns:
        if not any(_matches(name, [pattern]) for name in known):
            raise OperatorError(f"No rule is meant by {pattern}.", "See the list in docs/config-rules.md.")
    choice = _Choice(known, patterns, types)
    for named in packs:
        choice.take(named)
    if not packs:
        for rule in known.values():
            if not rule.is_for_people:
                choice.add(rule, {})
    return choice.made()


class _Choice:
    """Rules gathered so far."""

    def __init__(self, known: Mapping[str, Rule], patterns: Sequence[str], types: Sequence[str]) -> None:
        self._known, self._patterns, self._types = known, patterns, types
        self._rules: dict[tuple[Any, ...], ActiveRule] = {}
        self._packs: dict[str, list[str]] = {}
        self._left_out: list[LeftOut] = []

    def take(self, named: NamedPack) -> None:
        """Add a pack's rules."""
        self._packs.setdefault(named.name, [])
        for one in named.pack.rules:
            rule = self._known.get(one.identifier or "")
            if rule is not None and rule.is_for_people:
                if not self._patterns:
                    self._left_out.append(LeftOut(one.name, "somebody has to verify it", named.name))
            elif rule is not None:
                self.add(rule, one.parameters, scope=one.resource_types, pack=named.name, called=one.name)
            elif not self._patterns:
                reason = "not implemented" if one.identifier else "a rule that its owner has to bring"
                self._left_out.append(LeftOut(one.identifier or one.name, reason, named.name))

    def add(
        self, rule: Rule, parameters: Mapping[str, Any], *, scope: Iterable[str] = (), pack: str = "", called: str = ""
    ) -> None:
        """Add a rule, where it is meant and its parameters are all right."""
        if self._patterns and not _matches(rule.identifier, self._patterns):
            return
        try:
            active = activate(rule, parameters, scope=scope)
        except InvalidParameters as error:
            self._left_out.append(LeftOut(rule.identifier, str(error).partition(": ")[2], pack))
            return
        judged = [
            name for name in active.resource_types if name == ACCOUNT or not self._types or _matches(name, self._types)
        ]
        if not judged or (rule.is_of_account and self._types and not _matches(ACCOUNT, self._types)):
            return
        key = (rule.identifier, active.parameters, frozenset(judged))
        if key not in self._rules:
            self._rules[key] = ActiveRule(
                self._free(rule.identifier, called), rule, active.parameters, frozenset(judged)
            )
        if pack:
            self._packs[pack].append(self._rules[key].name)

    def made(self) -> Chosen:
        """What has been gathered."""
        packs = {pack: tuple(dict.fromkeys(names)) for pack, names in self._packs.items()}
        return Chosen(tuple(self._rules.values()), packs, tuple(dict.fromkeys(self._left_out)))

    def _free(self, identifier: str, called: str) -> str:
        """A name that no other has: the identifier; for a rule with other parameters also what the pack calls it."""
        taken = {active.name for active in self._rules.values()}
        if identifier not in taken:
            return identifier
        name, number = f"{identifier} ({called})", 2
        while name in taken:
            name, number = f"{identifier} ({called} {number})", number + 1
        return name


def _matches(name: str, patterns: Iterable[str]) -> bool:
    folded = name.lower().replace("-", "_")
    return any(fnmatchcase(folded, pattern.lower().replace("-", "_")) for pattern in patterns)
