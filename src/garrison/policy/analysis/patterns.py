"""The resource patterns of a case, found by what they can have in common with another one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from .automaton import Shape
from .resources import ResourcePattern
from .views import View


class Patterns:
    """All patterns of some statements."""

    def __init__(self, views: Sequence[View]) -> None:
        self._written: dict[Shape, list[tuple[View, ResourcePattern]]] = {}
        self._by_prefix: dict[str, list[Shape]] = {}
        self.excluded_templates: list[ResourcePattern] = []
        """Those with variables of an Allow's NotResource: it wants the variables to have values in any case."""
        for view in views:
            for pattern in view.patterns:
                self._written.setdefault(pattern.shape, []).append((view, pattern))
                if pattern.has_variables and view.allows and view.statement.not_resource:
                    self.excluded_templates.append(pattern)
        for shape in self._written:
            self._by_prefix.setdefault(shape.prefix, []).append(shape)
        self._prefixes = sorted(self._by_prefix)

    def within_reach(self, shape: Shape) -> list[Shape]:
        """Other patterns that may match something of this one: those whose literal starts agree."""
        start = shape.prefix
        found = [one for end in range(len(start)) for one in self._by_prefix.get(start[:end], ())]
        at = bisect_left(self._prefixes, start)
        while at < len(self._prefixes) and self._prefixes[at].startswith(start):
            found += self._by_prefix[self._prefixes[at]]
            at += 1
        return [one for one in found if one != shape]

    def possible_including(self, shape: Shape) -> list[tuple[View, ResourcePattern]]:
        """Patterns that may include this one: those that begin no more particularly."""
        start = shape.prefix
        ends = range(len(start) + 1)
        return [
            written for end in ends for one in self._by_prefix.get(start[:end], ()) for written in self._written[one]
        ]

    def matching(self, shapes: Iterable[Shape]) -> dict[View, list[ResourcePattern]]:
        """Each statement with those of its patterns that have one of the shapes."""
        found: dict[View, list[ResourcePattern]] = {}
        for shape in shapes:
            for view, pattern in self._written.get(shape, ()):
                found.setdefault(view, []).append(pattern)
        return found
