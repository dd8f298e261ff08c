"""Which groups there are, in which versions, and each of them as a rule group."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, NamedTuple

import msgspec

from garrison.waf.document import Label, Rule, RuleGroup, VisibilityConfig
from garrison.waf.managed.statements import ACTIONS, statement_of
from garrison.waf.managed.texts import Detection, GroupText, RuleText


class UnknownGroup(LookupError):
    """There is no such vendor, group or version."""


class Available(NamedTuple):
    """A group that web ACLs may name."""

    vendor: str
    name: str
    description: str
    versions: tuple[str, ...]
    """Newest first; none for a group that follows its lists."""
    default_version: str
    """What a web ACL that names no version gets; empty where there are none."""


def available() -> tuple[Available, ...]:
    """All groups, in the order of their names."""
    return tuple(
        Available(
            texts[0].vendor,
            texts[0].name,
            texts[0].about,
            tuple(text.version for text in texts if text.version),
            texts[0].version,
        )
        for texts in _by_name().values()
    )


def versions(vendor: str, name: str) -> tuple[GroupText, ...]:
    """What the data files say of a group, newest first. Raises: UnknownGroup."""
    try:
        return _by_name()[vendor, name]
    except KeyError:
        raise UnknownGroup(f"{vendor} {name}") from None


@functools.lru_cache(maxsize=64)
def group(vendor: str, name: str, version: str | None = None) -> RuleGroup:
    """A version of a group; its default version where none is named.

    Raises: UnknownGroup.
    """
    texts = versions(vendor, name)
    for text in texts:
        if not version or text.version == version:
            return _rule_group(text)
    raise UnknownGroup(f"{vendor} {name} {version}")


def _rule_group(text: GroupText) -> RuleGroup:
    return RuleGroup(
        name=text.name,
        rules=tuple(_rule(rule, number, text) for number, rule in enumerate(text.rules)),
        capacity=text.capacity,
        label_namespace=text.namespace,
        visibility_config=_visibility(text.name),
    )


def _rule(rule: RuleText, number: int, text: GroupText) -> Rule:
    return Rule(
        name=rule.name,
        priority=number,
        statement=statement_of(rule, detections()),
        visibility_config=_visibility(rule.name),
        action=ACTIONS[rule.action],
        rule_labels=(Label(rule.label),),
    )


def _visibility(metric: str) -> VisibilityConfig:
    return VisibilityConfig(sampled_requests_enabled=True, cloud_watch_metrics_enabled=True, metric_name=metric)


@functools.cache
def _by_name() -> dict[tuple[str, str], tuple[GroupText, ...]]:
    """Every version of every group, newest first."""
    read = [msgspec.convert(text, GroupText) for text in _data("groups")]
    found: dict[tuple[str, str], tuple[GroupText, ...]] = {}
    for text in sorted(read, key=lambda text: (text.vendor, text.name, _number(text.version)), reverse=True):
        found[text.vendor, text.name] = (*found.get((text.vendor, text.name), ()), text)
    return dict(sorted(found.items()))


def _number(version: str) -> tuple[int, ...]:
    """`Version_1.10` as (1, 10)."""
    return tuple(int(part) for part in version.removeprefix("Version_").split(".")) if version else ()


@functools.cache
def detections() -> dict[str, Detection]:
    """All that rules look for, by name."""
    return {name: msgspec.convert(text, Detection) for file in _data("detections") for name, text in file.items()}


def _data(folder: str) -> Iterator[dict[str, Any]]:
    for file in sorted(files("garrison.waf.managed").joinpath(folder).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            yield tomllib.loads(file.read_text(encoding="utf-8"))
