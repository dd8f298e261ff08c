"""Read Sigma rules for CloudTrail from YAML; what cannot be used is set aside with the reason, never silently.

pySigma parses rules and conditions; this makes the tree that Garrison matches by. Source: Sigma specification 2.1, "Sigma Rules"
and "Modifiers".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any as Value

import yaml

from garrison.detect.sigma.tree import (
    ANY,
    ONE,
    All,
    Any,
    Compares,
    Equals,
    Exists,
    Finds,
    Node,
    Not,
    Order,
    Part,
    Pattern,
    Place,
    SameAs,
    fields_of,
)

if TYPE_CHECKING:
    from sigma.rule import SigmaRule
    from sigma.types import SigmaString, SigmaType

LARGEST_FILE_BYTES = 256 * 1024
MOST_FILES = 20_000
DEEPEST = 40
"""How deep a condition may be nested."""
MOST_TESTS = 5_000
"""How many tests a rule may have, with everything that its values expand to."""

_LOG_SOURCE = {"product": "aws", "service": "cloudtrail"}
_FIELD = re.compile(r"[A-Za-z0-9_:@/ -]+(\.[A-Za-z0-9_:@/ -]+)*")


class Unusable(Exception):
    """Why a rule cannot be used."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A Sigma rule that can be matched."""

    id: str
    title: str
    authors: str
    """The authors' names, which every match carries (Detection Rule License 1.1)."""
    level: str
    """`informational`, `low`, `medium`, `high` or `critical`."""
    status: str
    description: str
    tags: tuple[str, ...]
    references: tuple[str, ...]
    false_positives: tuple[str, ...]
    condition: Node
    text: str = field(repr=False, default="")
    """The rule as it was written."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A rule or file that is not used, and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rules of some files."""

    rules: tuple[Rule, ...]
    set_aside: tuple[SetAside, ...]


class _Loader(yaml.SafeLoader):
    """YAML without aliases, whose expansion has no bounds."""

    def compose_node(self, parent: Value, index: Value) -> Value:
        if self.check_event(yaml.AliasEvent):
            raise Unusable("it uses YAML aliases")
        return super().compose_node(parent, index)


def load_rules(paths: Iterable[Path], placeholders: Mapping[str, Sequence[str]] | None = None) -> Loaded:
    """The rules of files and folders (`*.yml`, `*.yaml`), in the order of their ids; the first of an id counts."""
    rules: dict[str, Rule] = {}
    aside: list[SetAside] = []
    for number, path in enumerate(_files(paths)):
        if number >= MOST_FILES:
            aside.append(SetAside(str(path), f"there are more than {MOST_FILES} files"))
            break
        try:
            rule = parse_rule(_text_of(path), placeholders)
        except Unusable as problem:
            aside.append(SetAside(str(path), str(problem)))
            continue
        if rules.setdefault(rule.id, rule) is not rule:
            aside.append(SetAside(str(path), f"another rule has the id {rule.id} too"))
    return Loaded(tuple(rules[identifier] for identifier in sorted(rules)), tuple(aside))


def parse_rule(text: str, placeholders: Mapping[str, Sequence[str]] | None = None) -> Rule:
    """A rule from its YAML; `placeholders` are the values of `%names%` in it. Raises `Unusable`."""
    from sigma.exceptions import SigmaError

    try:
        written = yaml.load(text, _Loader)  # noqa: S506 - a safe loader, and one without aliases
        if not isinstance(written, dict):
            raise Unusable("it is no Sigma rule")
        if "correlation" in written:
            raise Unusable("correlation rules are not supported")
        return _rule(written, text, placeholders or {})
    except Unusable:
        raise
    except RecursionError:
        raise Unusable("it is nested too deeply") from None
    except yaml.YAMLError as error:
        raise Unusable(f"it is no YAML: {' '.join(str(error).split())[:200]}") from None
    except SigmaError as error:
        raise Unusable(f"it is no Sigma rule: {' '.join(str(error).split())[:200]}") from None
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise Unusable(f"it is no Sigma rule: {type(error).__name__}") from None


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(found for ending in ("*.yml", "*.yaml") for found in path.rglob(ending))
        else:
            yield path


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE_BYTES + 1)
        if len(data) > LARGEST_FILE_BYTES:
            raise Unusable(f"it is larger than {LARGEST_FILE_BYTES} bytes")
        return data.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"it cannot be read: {error}") from None


def _rule(written: dict[str, Value], text: str, placeholders: Mapping[str, Sequence[str]]) -> Rule:
    from sigma.rule import SigmaRule

    rule = SigmaRule.from_dict(written)
    for member, wanted in _LOG_SOURCE.items():
        if getattr(rule.logsource, member) != wanted:
            raise Unusable(f"its log source has the {member} {getattr(rule.logsource, member)}, not {wanted}")
    condition = _condition(rule, _Translator(placeholders))
    for name in fields_of(condition):
        if not _FIELD.fullmatch(name):
            raise Unusable(f"{name!r} is no field of a record")
    return Rule(
        id=str(rule.id or rule.name or rule.title),
        title=rule.title or "",
        authors=rule.author or "",
        level=rule.level.name.lower() if rule.level else "medium",
        status=rule.status.name.lower() if rule.status else "",
        description=rule.description or "",
        tags=tuple(str(tag) for tag in rule.tags),
        references=tuple(rule.references or ()),
        false_positives=tuple(rule.falsepositives or ()),
        condition=condition,
        text=text,
    )


def _condition(rule: SigmaRule, translator: _Translator) -> Node:
    parsed = [translator.node(condition.parsed) for condition in rule.detection.parsed_condition]
    if not parsed:
        raise Unusable("it has no condition")
    return parsed[0] if len(parsed) == 1 else Any(tuple(parsed))


class _Translator:
    """Makes Garrison's tree from pySigma's."""

    def __init__(self, placeholders: Mapping[str, Sequence[str]]) -> None:
        self._placeholders = placeholders
        self._tests = 0

    def node(self, parsed: Value, depth: int = 0) -> Node:
        """A node and what is beneath it; raises `Unusable`."""
        from sigma import conditions

        if depth > DEEPEST:
            raise Unusable("its condition is nested too deeply")
        match parsed:
            case conditions.ConditionAND():
                return All(tuple(self.node(inner, depth + 1) for inner in parsed.args))
            case conditions.ConditionOR():
                return Any(tuple(self.node(inner, depth + 1) for inner in parsed.args))
            case conditions.ConditionNOT():
                return Not(self.node(parsed.args[0], depth + 1))
            case conditions.ConditionFieldEqualsValueExpression():
                return self._test(parsed.field, parsed.value)
            case conditions.ConditionValueExpression():
                return self._test(None, parsed.value)
        raise Unusable(f"its condition has {type(parsed).__name__}, which is not supported")

    def _test(self, name: str | None, value: SigmaType) -> Node:
        from sigma import types

        self._tests += 1
        if self._tests > MOST_TESTS:
            raise Unusable(f"it has more than {MOST_TESTS} tests")
        match value:
            case types.SigmaString():
                return self._equals(name, value)
            case types.SigmaTimestampPart():
                raise Unusable(f"{name} is compared with a part of a time, which is not supported")
            case types.SigmaNumber():
                return Equals(name, Pattern((str(value.number),)))
            case types.SigmaBool():
                return Equals(name, Pattern(("true" if value.boolean else "false",)))
        if name is None:
            raise Unusable(f"a keyword is {type(value).__name__}, which is not supported")
        return self._test_of_field(name, value)

    def _test_of_field(self, name: str, value: SigmaType) -> Node:
        from sigma import types

        match value:
            case types.SigmaNull():
                return Exists(name, is_wanted=False)
            case types.SigmaExists():
                return Exists(name, is_wanted=value.exists)
            case types.SigmaRegularExpression():
                return Finds(name, _expression(value))
            case types.SigmaCIDRExpression():
                return Any(tuple(self._equals(name, types.SigmaString(one)) for one in value.expand()))
            case types.SigmaCompareExpression():
                return Compares(name, Order[_ORDERS[value.op.name]], float(value.number.number))
            case types.SigmaFieldReference():
                place = Place.START if value.starts_with else Place.END if value.ends_with else Place.WHOLE
                return SameAs(name, value.field, place)
            case types.SigmaExpansion():
                return Any(tuple(self._test(name, one) for one in value.values))
        raise Unusable(f"{name} is compared with {type(value).__name__}, which is not supported")

    def _equals(self, name: str | None, value: SigmaString) -> Node:
        from sigma.types import SigmaCasedString

        is_cased = isinstance(value, SigmaCasedString)
        if not value.contains_placeholder():
            return Equals(name, Pattern(_parts(value), is_cased))
        expanded = value.replace_placeholders(lambda placeholder: iter(self._values(placeholder)))
        return Any(tuple(Equals(name, Pattern(_parts(one), is_cased)) for one in expanded))

    def _values(self, placeholder: Value) -> list[SigmaString]:
        from sigma.types import SigmaString

        values = self._placeholders.get(placeholder.name)
        if not values:
            raise Unusable(f"it needs the placeholder {placeholder.name}")
        return [SigmaString(value) for value in values]


_ORDERS = {"LT": "LESS", "LTE": "AT_MOST", "GT": "MORE", "GTE": "AT_LEAST", "NEQ": "OTHER"}


def _parts(value: SigmaString) -> tuple[Part, ...]:
    from sigma.types import SpecialChars

    wild = {SpecialChars.WILDCARD_MULTI: ANY, SpecialChars.WILDCARD_SINGLE: ONE}
    return tuple(part if isinstance(part, str) else wild[part] for part in value.s)  # type: ignore[index]


def _expression(value: Value) -> str:
    """A regular expression in RE2's syntax, which is linear in time; raises `Unusable` for what RE2 does not have."""
    import re2

    flags = "".join(sorted(flag.name[0].lower() if flag.name != "DOTALL" else "s" for flag in value.flags))
    written = f"(?{flags}){value.regexp.to_plain(regex=True)}" if flags else str(value.regexp.to_plain(regex=True))
    options = re2.Options()
    options.max_mem = 1 << 20
    try:
        re2.compile(written, options)
    except re2.error as error:
        raise Unusable(f"its regular expression is not supported: {str(error)[:200]}") from None
    return written
