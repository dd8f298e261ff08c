"""In which order resources are made: who waits for whom, by reference or by DependsOn, and whether they wait in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from garrison.templates.faults import TemplateInvalid
from garrison.templates.model import Resource, Template
from garrison.templates.references import Kind, references


@dataclass(frozen=True, slots=True)
class Graph:
    """Who needs whom among a template's resources."""

    needs: Mapping[str, frozenset[str]]
    """Each resource with those that must be there before it."""
    order: tuple[str, ...]
    """All of them, each behind what it needs; among equals as written."""

    def needed_by(self) -> dict[str, set[str]]:
        """Each resource with those that wait for it."""
        made: dict[str, set[str]] = {name: set() for name in self.needs}
        for name, needed in self.needs.items():
            for one in needed:
                made[one].add(name)
        return made


def graph(template: Template, present: Iterable[str] | None = None) -> Graph:
    """The graph of a template's resources, or of those that are present by their conditions; raises TemplateInvalid for circles."""
    names = set(template.resources if present is None else present)
    needs = {name: frozenset(needed(one) & names) for name, one in template.resources.items() if name in names}
    return Graph(needs, tuple(ordered(needs)))


def needed(resource: Resource) -> set[str]:
    """The names that a resource refers to or depends on, parameters among them."""
    found = set(resource.depends_on)
    for value in (resource.properties, resource.metadata, resource.creation_policy, resource.update_policy):
        found |= {one.name for one in references(value) if one.kind in (Kind.REF, Kind.ATTRIBUTE)}
    return found


def ordered(needs: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Names so that each comes behind what it needs; raises TemplateInvalid that names those in a circle."""
    waiting = {name: set(each) for name, each in needs.items()}
    waits_for: dict[str, list[str]] = {}
    for name, each in waiting.items():
        for one in each:
            waits_for.setdefault(one, []).append(name)
    ready = [name for name, each in waiting.items() if not each]
    done = 0
    while ready:
        following: list[str] = []
        for name in ready:
            yield name
            done += 1
            for waiter in waits_for.get(name, ()):
                waiting[waiter].discard(name)
                if not waiting[waiter]:
                    following.append(waiter)
        ready = following
    if done < len(waiting):
        circle = sorted(_circular({name: each for name, each in waiting.items() if each}))
        raise TemplateInvalid(f"Circular dependency between resources: [{', '.join(circle)}]", ("Resources", circle[0]))


def _circular(left: dict[str, set[str]]) -> set[str]:
    """Those in circles, without those that only wait for one."""
    while True:
        wanted = {one for each in left.values() for one in each}
        kept = {name: each & left.keys() for name, each in left.items() if name in wanted}
        if len(kept) == len(left):
            return set(left)
        left = kept
