"""Compare a stack with what a template would make of it: in dependency order, since what replaces one resource changes those that refer to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from garrison.templates.changes.differences import attributes_of, differences, replacement_of, same
from garrison.templates.changes.model import Change, Detail, Recreation, Semantics, Source, Target
from garrison.templates.evaluation import evaluate
from garrison.templates.faults import TemplateInvalid
from garrison.templates.names import STACK
from garrison.templates.order import graph
from garrison.templates.presence import Evaluated, evaluated_resource, present
from garrison.templates.scope import Scope
from garrison.templates.unknown import Absent, Unknown, unknown_in

_POLICIES = (
    ("Metadata", "metadata"),
    ("CreationPolicy", "creation_policy"),
    ("UpdatePolicy", "update_policy"),
    ("DeletionPolicy", "deletion_policy"),
    ("UpdateReplacePolicy", "update_replace_policy"),
)


@dataclass(frozen=True, slots=True)
class Side:
    """A stack before or after a change."""

    scope: Scope
    """Its unrolled template and parameters; before: with `ref` and `attribute` of what is there."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Of the stack."""
    resources: Mapping[str, Evaluated] | None = None
    """Before: the resources as they were made; None: worked out from the scope."""

    def evaluated(self) -> Mapping[str, Evaluated]:
        """Each resource that is there."""
        if self.resources is not None:
            return self.resources
        return {name: evaluated_resource(name, self.scope) for name in present(self.scope)}


def compare(before: Side | None, after: Side, semantics: Semantics) -> list[Change]:
    """What changes, as the template after has it, then what goes; raises TemplateInvalid."""
    old = before.evaluated() if before is not None else {}
    names = present(after.scope)
    comparing = _Comparing(before, after, semantics, old)
    made = {name: comparing.change(name) for name in graph(after.scope.template, names).order}
    changes = [change for name in after.scope.template.resources if (change := made.get(name)) is not None]
    return changes + [_removal(one) for name, one in old.items() if name not in names]


def _removal(one: Evaluated) -> Change:
    policy = one.deletion_policy or "Delete"
    action = "Delete" if policy == "RetainExceptOnCreate" else policy
    return Change("Remove", one.logical_id, one.type, policy_action=action, before=_context(one))


def _context(one: Evaluated) -> Mapping[str, Any]:
    policies = {title: getattr(one, name) for title, name in _POLICIES}
    return attributes_of({"Properties": one.properties or None, **policies})


@dataclass(slots=True)
class _Used:
    """What was asked for while a value was worked out."""

    parameters: dict[str, None] = field(default_factory=dict)
    resources: dict[str, None] = field(default_factory=dict)
    attributes: dict[tuple[str, str], None] = field(default_factory=dict)


class _Comparing:
    """One comparison under way: what became of the resources looked at so far."""

    def __init__(self, before: Side | None, after: Side, semantics: Semantics, old: Mapping[str, Evaluated]) -> None:
        self._before = before
        self._after = after
        self._semantics = semantics
        self._old = old
        self._changes: dict[str, Change] = {}
        self._used = _Used()
        self._scope = _watched(after.scope, self)
        self._tags_change = before is not None and dict(before.tags) != dict(after.tags)

    def change(self, name: str) -> Change | None:
        """What becomes of a resource; those that it needs were looked at before."""
        old = self._old.get(name)
        made = self._added(name) if old is None else self._modified(name, old)
        if made is not None:
            self._changes[name] = made
        return made

    def _added(self, name: str) -> Change:
        one = evaluated_resource(name, self._scope)
        return Change("Add", name, one.type, after=_context(one))

    def _modified(self, name: str, old: Evaluated) -> Change | None:
        written = self._after.scope.template.resources[name]
        if written.type != old.type:
            raise TemplateInvalid(
                "Update of resource type is not permitted. The new template modifies resource type of the following resources: "
                f"[{name}]",
                ("Resources", name, "Type"),
            )
        new = {}
        details: list[Detail] = []
        for each in dict.fromkeys((*old.properties, *written.properties)):
            value, found = self._property(name, old, each)
            details += found
            if value is not None:
                new[each] = value
        one = replace(evaluated_resource(name, self._scope), properties=new)
        details += self._of_policies(old, one)
        if self._tags_change and self._semantics.takes_tags(one.type):
            details.append(Detail(Target("Tags"), "Static", "DirectModification"))
        if not details and one.type == STACK:
            details.append(Detail(Target("Properties"), "Dynamic", "Automatic"))
        if not details:
            return None
        return self._change(old, one, tuple(details))

    def _change(self, old: Evaluated, one: Evaluated, details: tuple[Detail, ...]) -> Change:
        replacement: Any = replacement_of(details)
        policy = one.update_replace_policy or "Delete"
        action = f"ReplaceAnd{policy}" if replacement == "True" else None
        before, after = _context(old), _context(one)
        return Change("Modify", one.logical_id, one.type, replacement, details, action, before, after)

    def _of_policies(self, old: Evaluated, one: Evaluated) -> list[Detail]:
        return [
            Detail(
                Target(title, None, f"/{title}", "Never", getattr(old, name), getattr(one, name)),
                "Static",
                "DirectModification",
            )
            for title, name in _POLICIES
            if not same(getattr(old, name), getattr(one, name))
        ]

    def _property(self, name: str, old: Evaluated, each: str) -> tuple[Any, list[Detail]]:
        """The value after, and why it differs."""
        written = self._after.scope.template.resources[name].properties
        self._used = _Used()
        value = evaluate(written[each], self._scope) if each in written else None
        if value is Absent.NO_VALUE:
            value = None
        before = old.properties.get(each)
        causes = self._causes(name, each, value, is_same=same(before, value))
        if not causes:
            return value, []
        recreation = self._semantics.recreation(old.type, each)
        places = differences(before, value, f"/Properties/{each}") or [(f"/Properties/{each}", before, value)]
        return value, [
            Detail(_target(each, place, recreation), evaluation, source, entity)  # type: ignore[arg-type]
            for place in places
            for evaluation, source, entity in causes
        ]

    def _causes(self, name: str, each: str, value: Any, *, is_same: bool) -> list[tuple[str, Source, str | None]]:
        """Why a property changes, or may: evaluation, source and entity."""
        causes: list[tuple[str, Source, str | None]] = []
        if not is_same:
            causes += [
                ("Static", "ParameterReference", one) for one in self._used.parameters if self._is_given_anew(one)
            ]
        for one in self._used.resources:
            became = self._changes.get(one)
            if became is not None and (became.action == "Add" or became.replacement != "False"):
                certain = became.action == "Add" or became.replacement == "True"
                causes.append(("Static" if certain else "Dynamic", "ResourceReference", one))
        for one, attribute in self._used.attributes:
            if one in self._changes:
                causes.append(("Dynamic", "ResourceAttribute", f"{one}.{attribute}"))
        if not is_same and (not causes or self._is_written_anew(name, each)):
            causes.append(("Dynamic" if unknown_in(value) else "Static", "DirectModification", None))
        elif any(source == "ParameterReference" for _, source, _ in causes):
            causes.append(("Dynamic", "DirectModification", None))
        return causes

    def _is_given_anew(self, parameter: str) -> bool:
        before = self._before.scope.parameters if self._before is not None else {}
        return before.get(parameter) != self._after.scope.parameters.get(parameter)

    def _is_written_anew(self, name: str, each: str) -> bool:
        before = self._before.scope.template.resources.get(name) if self._before is not None else None
        written = self._after.scope.template.resources[name].properties
        return before is None or before.properties.get(each) != written.get(each)

    def parameter(self, name: str) -> None:
        """A parameter was asked for."""
        self._used.parameters[name] = None

    def ref(self, name: str) -> Any:
        """What Ref gives for a resource after the change."""
        self._used.resources[name] = None
        became = self._changes.get(name)
        if became is None or (became.action == "Modify" and became.replacement != "True"):
            return self._known(name).ref(name)
        return Unknown(name)

    def attribute(self, name: str, attribute: str) -> Any:
        """What GetAtt gives for a resource after the change."""
        self._used.attributes[name, attribute] = None
        became = self._changes.get(name)
        if became is None or (became.action == "Modify" and became.replacement != "True"):
            return self._known(name).attribute(name, attribute)
        return Unknown(f"{name}.{attribute}")

    def _known(self, name: str) -> Scope:
        return self._before.scope if self._before is not None else self._after.scope


def _target(name: str, place: tuple[str, Any, Any], recreation: Recreation) -> Target:
    path, before, after = place
    if name == "Tags":
        return Target("Tags", None, path, recreation, before, after)
    return Target("Properties", name, path, recreation, before, after)


@dataclass(slots=True)
class _Watched(Scope):
    """The scope after, which tells what is asked of it."""

    watcher: _Comparing | None = None

    def parameter(self, name: str) -> Any:
        """A parameter's value."""
        if self.watcher is not None:
            self.watcher.parameter(name)
        return Scope.parameter(self, name)


def _watched(scope: Scope, watcher: _Comparing) -> Scope:
    """A scope like another; resources are asked of the watcher. Conditions are decided before: what they ask is no reason of a property's."""
    decided = {name: scope.holds(name) for name in scope.template.conditions}
    return _Watched(
        template=scope.template,
        parameters=scope.parameters,
        pseudo=scope.pseudo,
        ref=watcher.ref,
        attribute=watcher.attribute,
        imported=scope.imported,
        zones=scope.zones,
        dynamic=scope.dynamic,
        decided=decided,
        watcher=watcher,
    )
