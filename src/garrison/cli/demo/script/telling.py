"""The order of the story: two accounts, two clocks, seven chapters."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from random import Random
from typing import Any, NamedTuple

from garrison.cli.demo.made import Made
from garrison.cli.demo.script.alarm import alarm
from garrison.cli.demo.script.alice import alice
from garrison.cli.demo.script.by_whom import by_whom
from garrison.cli.demo.script.careless import careless
from garrison.cli.demo.script.draft import draft
from garrison.cli.demo.script.evidence import evidence
from garrison.cli.demo.script.mailbox import mailbox
from garrison.cli.demo.script.narration import Narrator
from garrison.cli.demo.script.other_account import other_account
from garrison.cli.demo.script.scene import Scene
from garrison.cli.demo.script.servers import throw_away_account
from garrison.cli.demo.stage import Stage

AGO = timedelta(minutes=170)
"""When the story begins: the hours that the trail's digests cover are over when its evidence is looked at."""
SEED = 7
Facts = dict[str, Any]


class Chapter(NamedTuple):
    """One part of the story."""

    title: str
    play: Callable[[Scene], Facts]
    """Does what it tells, and gives what can be held against it."""


CHAPTERS = (
    Chapter("Alice is denied, and told why", alice),
    Chapter("Somebody stops the trail, and a mail goes out", alarm),
    Chapter("A bucket was changed: by whom?", by_whom),
    Chapter("A careless sshd", careless),
    Chapter("A log file is touched", evidence),
    Chapter("An attack on the web, and a draft", draft),
    Chapter("Who can, in an account elsewhere", other_account),
)


class Told(NamedTuple):
    """A chapter that is over."""

    title: str
    facts: Facts
    seconds: float


def tell(narrator: Narrator) -> list[Told]:
    """Tell all of it, on servers that are gone afterwards."""
    told = []
    with ExitStack() as stack:
        began = time.monotonic()
        mails = stack.enter_context(mailbox())
        mail = {"smtp_host": "127.0.0.1", "smtp_port": mails.port, "smtp_from": "garrison@example.com"}
        settings = mail | {"smtp_tls": "none", "trail_delivery_seconds": 1, "log_level": "error"}
        narrator.say("A throw-away account begins, a little in the past …")
        account = stack.enter_context(throw_away_account(ago=AGO, **settings))
        place = account.home.path
        made = Made(place)
        stage = Stage(
            place, account.account, account.endpoint, account.administrator, made, Random(SEED), lambda text: None
        )
        scene = Scene(stage, account.clock, mails, narrator)
        for number, chapter in enumerate(CHAPTERS, 1):
            narrator.chapter(number, chapter.title)
            told.append(Told(chapter.title, chapter.play(scene), time.monotonic() - began))
            began = time.monotonic()
    return told
