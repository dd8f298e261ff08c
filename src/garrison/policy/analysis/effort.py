"""How much work a proof may take: counted in steps, so that the same question always gets the same answer."""

from __future__ import annotations

DEFAULT_STEPS = 400_000
"""About a second and a half on one core of 2026."""


class Exhausted(Exception):
    """The allowance is used up; the answer is "unknown"."""


class Effort:
    """An allowance of steps that everything about one question draws on."""

    __slots__ = ("left",)

    def __init__(self, steps: int = DEFAULT_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Take steps from the allowance; raises Exhausted when none are left."""
        self.left -= steps
        if self.left < 0:
            raise Exhausted
