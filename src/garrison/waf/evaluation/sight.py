"""What all views on a field see of it, put together for the screens: most values are seen alike by all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from garrison.waf.evaluation.steps import waking
from garrison.waf.patterns import SEPARATOR

if TYPE_CHECKING:
    from garrison.waf.evaluation.steps import Step
    from garrison.waf.evaluation.views import View


class Sight:
    """The views on one reading that have patterns."""

    __slots__ = ("_on_awake", "_on_dull")

    def __init__(self) -> None:
        self._on_awake: list[tuple[Step, ...]] = []
        """What is done to values on the way to each view."""
        self._on_dull: list[tuple[Step, ...]] = []
        """What of it changes dull values: nothing, or what makes them small, for nearly all views."""

    def take_in(self, view: View) -> None:
        """Before the first request."""
        for ways, way in ((self._on_awake, view.steps), (self._on_dull, view.on_dull)):
            if way not in ways:
                ways.append(way)

    def of(self, items: Sequence[bytes]) -> Sequence[bytes]:
        """Every line that one of the views sees of values that came so, several in one."""
        if not items:
            return ()
        seen: dict[bytes, None] = {}
        lines = SEPARATOR.join(items)
        awake = waking(lines, items)
        if not awake:
            self._see_dull(lines, items, seen)
            return tuple(seen)
        dull = [item for at, item in enumerate(items) if at not in awake]
        if dull:
            self._see_dull(SEPARATOR.join(dull), dull, seen)
        _see([items[at] for at in awake], self._on_awake, seen)
        return tuple(seen)

    def _see_dull(self, lines: bytes, items: Iterable[bytes], seen: dict[bytes, None]) -> None:
        """Letters are made small in all values at once, as no line end is inside one."""
        others = []
        for way in self._on_dull:
            if not way:
                seen[lines] = None
            elif len(way) == 1 and way[0].is_of_case:
                seen[way[0].apply(lines)] = None
            else:
                others.append(way)
        if others:
            _see(items, others, seen)


def _see(items: Iterable[bytes], ways: Iterable[tuple[Step, ...]], seen: dict[bytes, None]) -> None:
    """Each on its own, and no step on the same bytes twice."""
    known: dict[tuple[Step, bytes], bytes] = {}
    for item in items:
        for way in ways:
            made = item
            for step in way:
                after = known.get((step, made))
                if after is None:
                    after = known[step, made] = step.apply(made)
                made = after
            seen[made] = None
