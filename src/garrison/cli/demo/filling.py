"""Fill an account act by act."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from garrison.cli.demo.advice import advice
from garrison.cli.demo.attack import attack
from garrison.cli.demo.drift import drift
from garrison.cli.demo.guard import guard
from garrison.cli.demo.hosts import hosts
from garrison.cli.demo.keys import keys
from garrison.cli.demo.people import people
from garrison.cli.demo.records import ask, watch
from garrison.cli.demo.stage import Stage
from garrison.cli.demo.web import web


class Act(NamedTuple):
    """One part of the demo."""

    name: str
    play: Callable[[Stage], str]
    """Does it, and says what there is now."""


ACTS = (
    Act("people", people),
    Act("guard", guard),
    Act("rules", watch),
    Act("drift", drift),
    Act("keys", keys),
    Act("hosts", hosts),
    Act("web", web),
    Act("advice", advice),
    Act("attack", attack),
    Act("questions", ask),
)
"""In their order: the guard stands before anything happens."""


class Played(NamedTuple):
    """An act that is over."""

    name: str
    what: str
    seconds: float


def fill(stage: Stage) -> Iterator[Played]:
    """Play the acts, and tell of each."""
    for act in ACTS:
        stage.say(act.name)
        began = time.monotonic()
        what = act.play(stage)
        yield Played(act.name, what, time.monotonic() - began)
