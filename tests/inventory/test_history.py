"""Recorded resources: one version for each state, nothing lost by crashes or by collectors that overtake each other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from garrison.collect.results import Outcome, Seen
from garrison.inventory import Cause, History, Judged, Resource
from garrison.items import Item, Relationship

ACCOUNT = "111122223333"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
BUCKET = "AWS::S3::Bucket"


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def bucket(name: str, minutes: float, **more: Any) -> Item:
    words: dict[str, Any] = {"configuration": {"name": name}, "region": "eu-west-1"} | more
    return Item(
        account=ACCOUNT,
        resource_type=BUCKET,
        resource_id=name,
        resource_name=name,
        arn=f"arn:aws:s3:::{name}",
        captured_at=at(minutes),
        **words,
    )


def seen(reason: str = "", *, regions: tuple[str, ...] = ("eu-west-1", "global"), kind: str = BUCKET) -> Outcome:
    return Outcome(
        account=ACCOUNT,
        region="global",
        covers=regions,
        resource_type=kind,
        seen=Seen.UNKNOWN if reason else Seen.ALL,
        items=0,
        reason=reason,
    )


def resource(name: str) -> Resource:
    return Resource(ACCOUNT, "eu-west-1", BUCKET, name)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with closing(History(tmp_path / "inventory.db", sync=False)) as opened:
        yield opened


def names(items: Iterator[Item]) -> list[str]:
    return sorted(item.resource_id for item in items)


def test_only_a_change_adds_a_version(history: History) -> None:
    first = history.record([bucket("a", 0), bucket("b", 0)], [seen()], at=at(0))
    assert [one.item.status for one in first] == ["ResourceDiscovered"] * 2
    assert history.record([bucket("a", 1), bucket("b", 1)], [seen()], at=at(1)) == []
    (changed,) = history.record([bucket("a", 2, tags={"team": "blue"}), bucket("b", 2)], [seen()], at=at(2))
    assert (changed.item.status, changed.item.tags) == ("OK", {"team": "blue"})
    assert changed.before is not None and changed.before.tags == {}
    states = list(history.versions(resource("a")))
    assert [(one.item.captured_at, one.ended_at) for one in states] == [(at(0), at(2)), (at(2), None)]
    assert [one.item.tags for one in history.versions(resource("a"), latest_first=True)] == [{"team": "blue"}, {}]


def test_what_was_not_seen_again_is_gone_only_where_all_was_seen(history: History) -> None:
    history.record([bucket("a", 0), bucket("b", 0), bucket("c", 0, region="us-east-1")], [seen()], at=at(0))
    assert history.record([bucket("a", 1)], [seen("AccessDenied")], at=at(1)) == []
    assert history.unseen(ACCOUNT)[BUCKET, "eu-west-1"] == "AccessDenied"
    (gone,) = history.record([bucket("a", 2)], [seen()], at=at(2))
    assert (gone.item.resource_id, gone.item.status) == ("b", "ResourceDeleted")
    assert names(history.current(ACCOUNT)) == ["a", "c"]
    assert history.unseen(ACCOUNT) == {} and history.unseen(ACCOUNT, at(1)) != {}
    (again,) = history.record([bucket("b", 3)], at=at(3))
    assert (again.item.status, again.before) == ("ResourceDiscovered", None)


def test_the_past_is_as_it_was_seen(history: History) -> None:
    history.record([bucket("a", 0), bucket("b", 0)], [seen()], at=at(0))
    history.record([bucket("a", 10, tags={"x": "1"})], [seen()], at=at(10))
    assert names(history.as_of(ACCOUNT, at(-1))) == []
    assert [item.tags for item in history.as_of(ACCOUNT, at(9))] == [{}, {}]
    (left,) = history.as_of(ACCOUNT, at(10))
    assert (left.resource_id, left.tags) == ("a", {"x": "1"})
    assert names(history.as_of(ACCOUNT, at(5), resource_type="AWS::EC2::Instance")) == []
    assert [one.item.status for one in history.changed(ACCOUNT, at(0), at(10))] == ["OK", "ResourceDeleted"]
    assert history.began(ACCOUNT) == at(0) and history.accounts() == [ACCOUNT]


def test_who_comes_late_with_an_old_state_adds_nothing(history: History) -> None:
    history.record([bucket("a", 5, tags={"now": "1"})], [seen()], at=at(5))
    assert history.record([bucket("a", 4), bucket("b", 4)], [seen()], at=at(4))[0].item.resource_id == "b"
    assert history.record([], [seen()], at=at(3)) == []
    found = history.get(resource("a"))
    assert found is not None and found.tags == {"now": "1"}


def test_parts_that_nobody_asked_for_stay_as_they_were_last_seen(history: History) -> None:
    history.record([bucket("a", 0, supplementary={"BucketPolicy": '{"x":1}'}, tags={"t": "1"})], at=at(0))
    unasked = bucket("a", 1, unknown=("BucketPolicy: NotAsked", "tags: NotAsked", "BucketAcl: NotAsked"))
    assert history.record([unasked], at=at(1)) == []
    (refused,) = history.record([bucket("a", 2, unknown=("BucketPolicy: AccessDenied", "tags: NotAsked"))], at=at(2))
    assert refused.item.unknown == ("BucketPolicy: AccessDenied",)
    assert refused.item.supplementary == {} and refused.item.tags == {"t": "1"}


def test_an_item_comes_back_as_it_was(history: History) -> None:
    whole = bucket(
        "a",
        0,
        configuration={"name": "a", "nested": {"list": [1, 2.5, None, True]}},
        relationships=(Relationship(name="Is attached to", resource_type="AWS::KMS::Key", resource_id="k"),),
        created_at=at(-60),
        availability_zone="eu-west-1a",
        unknown=("BucketAcl: AccessDenied",),
    )
    cause = Cause(
        event_id="e1", event_name="CreateBucket", event_source="s3.amazonaws.com", at=at(-1), principal="arn:x"
    )
    history.record([whole], at=at(0), causes={resource("a"): [cause]})
    (version,) = history.changes()
    assert version.item == Item(
        **{name: getattr(whole, name) for name in Item.__struct_fields__} | {"status": version.item.status}
    )
    assert version.causes == (cause,)
    assert history.at_arn("arn:aws:s3:::a") == version.item == history.get(resource("a"))
    assert history.changes(after=version.number) == [] and history.last_number == version.number


def test_two_collectors_at_once_lose_nothing(history: History) -> None:
    def collector(start: int) -> None:
        for turn in range(5):
            history.record([bucket(f"b{n}", turn * 2 + start) for n in range(60)], [seen()], at=at(turn * 2 + start))

    threads = [threading.Thread(target=collector, args=(start,)) for start in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(history.current(ACCOUNT))) == 60
    assert len(history.changes()) == 60


def test_retention_keeps_what_is_current(history: History) -> None:
    for turn in range(5):
        history.record([bucket("a", turn, tags={"turn": str(turn)}), bucket("b", turn)], at=at(turn))
    assert history.tidy(ACCOUNT, at(4)) == 3
    assert [one.item.tags for one in history.versions(resource("a"))] == [{"turn": "3"}, {"turn": "4"}]
    with history.file.reading() as db:
        assert db.execute("SELECT count(*) FROM content").fetchone() == (3,)


def test_a_killed_collector_loses_no_resource_and_doubles_none(tmp_path: Path) -> None:
    path = tmp_path / "inventory.db"
    program = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_history import *
from pathlib import Path
history = History(Path({str(path)!r}))
for turn in range(1000):
    history.record([bucket(f"b{{n}}", turn, tags={{"turn": str(turn // 3)}}) for n in range(500)], [seen()], at=at(turn))
    print(turn, flush=True)
"""
    for _ in range(3):
        child = subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": ""}
        )
        assert child.stdout is not None
        child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        with closing(History(path)) as history:
            current = names(history.current(ACCOUNT))
            assert len(current) == len(set(current)) == 500
            for name in ("b0", "b499"):
                lives = list(history.versions(resource(name)))
                assert all(one.ended_at == two.item.captured_at for one, two in pairwise(lives))
                assert lives[-1].ended_at is None


def test_a_verdict_lasts_until_it_differs(history: History) -> None:
    verdicts = history.verdicts
    bad = Judged(resource=resource("a"), compliance="NON_COMPLIANT", annotation="no versioning")
    good = Judged(resource=resource("a"), compliance="COMPLIANT")
    other = Judged(resource=resource("b"), compliance="COMPLIANT")
    assert len(verdicts.record("r", [bad, other], at=at(0))) == 2
    assert verdicts.record("r", [bad, other], at=at(1)) == []
    (turned,) = verdicts.record("r", [good], at=at(2), complete=True)
    assert (turned.before, turned.judged, turned.began_at) == ("NON_COMPLIANT", good, at(2))
    assert [one.judged for one in verdicts.current(rule="r")] == [good]
    life = list(verdicts.of_resource(resource("a")))
    assert [(one.judged, one.began_at, one.judged_at, one.ended_at) for one in life] == [
        (bad, at(0), at(1), at(2)),
        (good, at(2), at(2), None),
    ]
    assert [one.judged for one in verdicts.as_of(at(1))] == [bad, other]
    assert verdicts.record("r", [bad], at=at(1)) == []
    assert [one.judged.compliance for one in verdicts.changed(ACCOUNT, at(1), at(3))] == ["COMPLIANT"]
    verdicts.end("r", at=at(4))
    assert list(verdicts.current()) == [] and len(list(verdicts.of_resource(resource("a"), rule="r"))) == 2
    verdicts.forget("r")
    assert list(verdicts.of_resource(resource("a"))) == [] and verdicts.rules() == []
