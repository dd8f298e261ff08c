"""What has threads, locks and connections begins anew in a forked process: none of them is to be taken along."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Forked(Protocol):
    """What must begin anew."""

    def begin_anew(self) -> None:
        """Let go of the parent's threads, locks and connections."""


_all: WeakSet[Forked] = WeakSet()


def anew_in_children(one: Forked) -> None:
    """Have it begin anew in every process that is forked from now on, for as long as it lives."""
    _all.add(one)


def _begin_anew() -> None:
    for one in list(_all):
        one.begin_anew()


os.register_at_fork(after_in_child=_begin_anew)
