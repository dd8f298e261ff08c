"""`kill -9` of any process under load: what was acknowledged stays, once, and the server comes back by itself."""

from __future__ import annotations

import os
import random
import time

from .load import Load
from .server import BACKGROUND, GATEWAY, SUPERVISOR, WORKER, RunningServer, check_lookup, check_records

KINDS = (GATEWAY, WORKER, BACKGROUND, WORKER, SUPERVISOR)


def test_nothing_acknowledged_is_lost_doubled_or_unrecorded_whoever_is_killed(server: RunningServer) -> None:
    rounds = int(os.environ.get("GARRISON_FAULT_ROUNDS", "5"))
    seed = int(os.environ.get("GARRISON_FAULT_SEED") or random.randrange(2**32))
    print(f"GARRISON_FAULT_SEED={seed}")
    dice = random.Random(seed)
    kinds: list[str] = []
    while len(kinds) < rounds:
        kinds += dice.sample(KINDS, len(KINDS))
    with Load(server) as load:
        for kind in kinds[:rounds]:
            time.sleep(dice.uniform(0.05, 0.5))
            server.kill(kind)
    load.check_state()
    records = check_records(server, load.answered)
    check_lookup(server, records)
    lost = sum(ledger.lost for ledger in load.ledgers)
    unavailable = sum(ledger.unavailable for ledger in load.ledgers)
    print(f"{rounds} kills, {len(load.answered)} answered, {lost} without an answer, {unavailable} unavailable")
    assert len(load.answered) > 10 * rounds
