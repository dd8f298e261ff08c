"""Log records in the lake: asked for at once, in the table exactly once, looked after as events are."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from garrison.cli.query import Format, query
from garrison.lake import kept as carried
from garrison.lake.asking import Other, ask
from garrison.lake.care import look_after
from garrison.lake.failures import QueryRefused
from garrison.lake.lake import Lake
from garrison.lake.place import LakePlace, place_of
from garrison.lake.shapes import EVENTS, WAF
from garrison.runtime import backup
from garrison.services.wafv2.records.file import FILE, LAKE, RecordsFile
from garrison.services.wafv2.records.lake import commit, put_into_lake, tail
from garrison.setting_sources import load_settings
from garrison.testing import Account
from garrison.waf.records.batch import Batch, encode
from tests.services.wafv2.documents import web_acl

ACL = "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/shop/1-2"
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def record(number: int, at: datetime = AT, action: str = "BLOCK") -> dict[str, Any]:
    return {
        "timestamp": int(at.timestamp() * 1000) + number,
        "webaclId": ACL,
        "action": action,
        "terminatingRuleId": "sqli",
        "ruleGroupList": [{"ruleGroupId": "g", "terminatingRule": {"ruleId": "inner"}}],
        "httpRequest": {
            "clientIp": "192.0.2.7",
            "uri": f"/{number}",
            "httpMethod": "GET",
            "headers": [{"name": "User-Agent", "value": "curl"}],
        },
        "labels": [{"name": "one"}],
        "responseCodeSent": 429,
    }


class Kept:
    """A file of records and the lake that they go to."""

    def __init__(self, home: Path) -> None:
        self.file = RecordsFile(home / "waf" / "records.db", sync=False)
        self.file.path.parent.mkdir()
        self.lake = Lake(LakePlace(home / "lake"), WAF)

    def put(self, name: str, *records: dict[str, Any]) -> None:
        assert self.file.put(ACL, name, "a", Batch(records=records), AT.timestamp(), keeps_log=False)

    def ask(self, statement: str) -> list[dict[str, Any]]:
        others = {"waf": Other(WAF, lambda table: tail(self.file, table))}
        with ask(Lake(self.lake.place), statement, others=others) as answer:
            return [row for batch in answer.batches() for row in batch.to_pylist()]

    def uris(self) -> list[str]:
        return [row["uri"] for row in self.ask("SELECT uri FROM waf ORDER BY eventTime")]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def test_a_record_is_found_before_and_after_it_is_in_the_table(kept: Kept) -> None:
    assert kept.uris() == []
    kept.put("one", record(1), {"no": "record", "timestamp": 1})
    asked = "SELECT action, clientIp, userAgent, terminatingRuleInGroup, labels, responseCodeSent, record FROM waf"
    before = kept.ask(asked)
    assert before[0] | {"record": ""} == {
        "action": "BLOCK",
        "clientIp": "192.0.2.7",
        "userAgent": "curl",
        "terminatingRuleInGroup": "inner",
        "labels": ["one"],
        "responseCodeSent": 429,
        "record": "",
    }
    assert json.loads(before[0]["record"])["httpRequest"]["uri"] == "/1"
    assert commit(kept.lake, kept.file) == 2
    assert kept.ask(asked) == before
    kept.put("two", record(2))
    assert kept.uris() == ["/1", "/2"]
    assert kept.ask("SELECT count(*) AS n FROM waf w JOIN waf v ON w.uri = v.uri") == [{"n": 2}]


def test_a_crash_between_commit_and_forgetting_doubles_nothing(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.put("one", record(1), record(2))
    monkeypatch.setattr(RecordsFile, "forget_up_to", lambda *_: None)
    commit(kept.lake, kept.file)
    monkeypatch.undo()
    assert kept.uris() == ["/1", "/2"]
    kept.put("two", record(3))
    assert commit(kept.lake, kept.file) == 1
    assert commit(kept.lake, kept.file) == 0
    assert kept.file.how_many_wait(LAKE) == 0
    assert kept.uris() == ["/1", "/2", "/3"]


def test_it_is_looked_after_as_the_table_of_events_is(kept: Kept) -> None:
    for number in range(4):
        kept.put(str(number), record(number))
        commit(kept.lake, kept.file)
    kept.put("old", record(9, AT - timedelta(days=400)))
    commit(kept.lake, kept.file)
    now = datetime.now(UTC) + timedelta(hours=3)
    look_after(kept.lake, AT + timedelta(days=2), timedelta(days=365), now)
    assert len(list(kept.lake.table().scan().plan_files())) == 1
    assert kept.uris() == ["/0", "/1", "/2", "/3"]
    assert commit(kept.lake, kept.file) == 0
    kept.put("after", record(5))
    commit(kept.lake, kept.file)
    assert kept.uris()[-1] == "/5"


def test_the_tables_are_apart(kept: Kept) -> None:
    kept.put("one", record(1))
    commit(kept.lake, kept.file)
    assert not Lake(kept.lake.place, EVENTS).is_made
    assert kept.ask("SELECT count(*) AS n FROM cloudtrail_events") == [{"n": 0}]
    with pytest.raises(QueryRefused), ask(Lake(kept.lake.place), "SELECT * FROM waf"):
        pass


def test_what_adapters_tell_is_asked_for_at_the_command_line(
    account: Account, waf: Any, own: Any, name: str, tmp_path: Path
) -> None:
    arn = waf.create_web_acl(**web_acl(name))["Summary"]["ARN"]
    told = record(1, account.clock.now()) | {"webaclId": arn}
    own.put_waf_records(WebAclArn=arn, BatchId="one", Records=encode(Batch(records=(told,))))
    output = tmp_path / "answer.jsonl"
    statement = f"SELECT account, action, uri FROM waf WHERE webaclId = '{arn}' AND eventTime > '2020-01-01'"
    query(statement, form=Format.JSON, output=output, seconds=60, memory=512, spark=None, home=account.home)
    assert json.loads(output.read_text()) == {"account": arn.split(":")[4], "action": "BLOCK", "uri": "/1"}


def test_a_backup_holds_each_record_once_wherever_it_stands(
    account: Account, waf: Any, own: Any, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the table alone, in the table and the file as after a crash between commit and forgetting, and in the file alone."""
    arn = waf.create_web_acl(**web_acl(name))["Summary"]["ARN"]

    def tell(number: int) -> None:
        told = record(number, account.clock.now()) | {"webaclId": arn}
        own.put_waf_records(WebAclArn=arn, BatchId=str(number), Records=encode(Batch(records=(told,))))

    def lake_of(home: Path) -> Lake:
        return Lake(place_of(load_settings(home)), WAF)

    def commit_in(home: Path) -> None:
        commit(lake_of(home), RecordsFile(home / FILE, sync=True))

    def uris(home: Path) -> list[str]:
        output = tmp_path / "answer.jsonl"
        statement = f"SELECT uri FROM waf WHERE webaclId = '{arn}' AND eventTime > '2020-01-01' ORDER BY 1"
        query(statement, form=Format.JSON, output=output, seconds=60, memory=512, spark=None, home=home)
        return [json.loads(line)["uri"] for line in output.read_text().splitlines()]

    tell(1)
    commit_in(account.home)
    tell(2)
    with monkeypatch.context() as crashed:
        crashed.setattr(RecordsFile, "forget_up_to", lambda *_: None)
        commit_in(account.home)
    tell(3)
    archive, home = tmp_path / "whole.tar", tmp_path / "restored"
    for command, *options in (("backup", archive, "--home", account.home), ("restore", archive, "--home", home)):
        subprocess.run([sys.executable, "-m", "garrison", command, *map(str, options)], check=True, capture_output=True)
    assert uris(home) == ["/1", "/2", "/3"]
    commit_in(home)
    file = RecordsFile(home / FILE, sync=True)
    assert file.how_many_wait(LAKE) == 0

    def put(number: int) -> None:
        told = record(number, account.clock.now()) | {"webaclId": arn}
        file.put(arn, str(number), "a", Batch(records=(told,)), account.clock.now().timestamp(), keeps_log=False)

    put(4)
    commit_in(home)
    assert uris(home) == ["/1", "/2", "/3", "/4"]
    assert not list((home / "lake").glob("kept*"))
    for number in (5, 6, 7):  # as in a lake that lies elsewhere, and has more than the backup
        tell(number)
    commit_in(account.home)
    put(8)
    commit(lake_of(account.home), file)
    assert uris(account.home) == ["/1", "/2", "/3", "/5", "/6", "/7", "/8"]


def test_nothing_is_committed_while_a_backup_copies_the_file(
    account: Account, waf: Any, own: Any, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = waf.create_web_acl(**web_acl(name))["Summary"]["ARN"]
    told = record(1, account.clock.now()) | {"webaclId": arn}
    own.put_waf_records(WebAclArn=arn, BatchId="one", Records=encode(Batch(records=(told,))))
    copy = backup._copy_database
    copied = []

    def locked_copy(source: Path, target: Path, what: str) -> None:
        if source == account.home / FILE:
            with (account.home / "lake" / "lock").open() as lock, pytest.raises(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            copied.append(source)
        copy(source, target, what)

    monkeypatch.setattr(backup, "_copy_database", locked_copy)
    backup.write_backup(load_settings(account.home), tmp_path / "whole.tar")
    assert len(copied) == 1


def test_taking_back_goes_on_after_the_commit_where_it_was_stopped(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.put("one", record(1))
    commit(kept.lake, kept.file)
    place = LakePlace(tmp_path / "elsewhere" / "lake")
    folder = place.folder / WAF.kept_in
    folder.mkdir(parents=True)
    with carried.held(kept.lake.place, WAF) as found:
        assert found is not None
        (folder / carried.CONTENTS).write_bytes(found.contents)
        for file_name, file in found.files.items():
            (folder / file_name).write_bytes(file.read())
    with monkeypatch.context() as stopped:
        stopped.setattr(shutil, "rmtree", lambda *_: None)
        carried.take_back(place)
    carried.take_back(place)
    assert not folder.exists()
    kept.lake = Lake(place, WAF)
    assert kept.uris() == ["/1"]
    assert not place.has_taken_in(ACL.split(":")[4])


def test_the_server_commits_what_waited_long_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, now = Kept(tmp_path), AT
    settings = SimpleNamespace(lake_commit_seconds=300)
    parts = SimpleNamespace(settings=settings)
    place: Any = SimpleNamespace(parts=parts, home=tmp_path, node="node", clock=SimpleNamespace(now=lambda: now))
    monkeypatch.setattr("garrison.services.wafv2.records.lake.records_of", lambda _: kept.file)
    monkeypatch.setattr("garrison.lake.place.place_of", lambda *_: kept.lake.place)
    put_into_lake(place)
    kept.put("one", record(1, AT - timedelta(days=1)))
    for minutes, waiting in ((0, 1), (4, 1), (6, 0)):
        now = AT + timedelta(minutes=minutes)
        put_into_lake(place)
        assert kept.file.how_many_wait(LAKE) == waiting
    assert kept.uris() == ["/1"]
