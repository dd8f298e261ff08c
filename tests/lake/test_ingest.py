"""Log files of every form, each once, with reasons for what is not taken in."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from garrison.lake.ingest import Ingest
from garrison.lake.lake import Lake
from garrison.lake.sources import source_of
from tests.lake.templates import ACCOUNT, record, write_log

COUNT = "SELECT count(*) AS n FROM cloudtrail_events"


def test_a_file_twice_adds_nothing(tmp_path: Path, ingest: Any, rows: Any) -> None:
    logs = tmp_path / "logs"
    write_log(logs / "a.json.gz", [record(n) for n in range(5)])
    write_log(logs / "again" / "a copy.json", [record(n) for n in range(5)])
    first = ingest(logs)
    assert (first.files, first.records, first.present) == (1, 5, 1)
    second = ingest(logs)
    assert (second.files, second.records, second.present) == (0, 0, 2)
    assert rows(COUNT) == [{"n": 5}]


def test_every_layout_is_read(tmp_path: Path, ingest: Any, rows: Any) -> None:
    logs = tmp_path / "logs"
    write_log(logs / "AWSLogs" / ACCOUNT / "CloudTrail" / "x" / "plain.json", [record(1)])
    write_log(logs / "packed without saying so.json", [record(2)], packed=True)
    write_log(logs / "lines.jsonl", [record(3), record(4)], lines=True)
    (logs / "array.json").write_text(json.dumps([record(5), record(6)], indent=2))
    (logs / "one.json").write_text(json.dumps(record(7), indent=1))
    (logs / "bom.json").write_bytes(b"\xef\xbb\xbf" + json.dumps({"Records": [record(8)]}).encode())
    (logs / "documents.json").write_text("\n".join(json.dumps({"Records": [record(n)]}) for n in (9, 10)))
    (logs / "members.json.gz").write_bytes(
        gzip.compress(json.dumps(record(11)).encode() + b"\n") + gzip.compress(json.dumps(record(12)).encode())
    )
    (logs / "empty list.json").write_text('{"Records": []}')
    outcome = ingest(logs)
    assert (outcome.refused, outcome.set_aside) == ([], 0)
    assert rows("SELECT requestID FROM cloudtrail_events ORDER BY eventTime") == [
        {"requestID": f"R{n}"} for n in range(1, 13)
    ]


def test_the_record_is_kept_byte_for_byte(tmp_path: Path, ingest: Any, rows: Any) -> None:
    text = json.dumps(
        record(1, unknown={"big": 12345678901234567890123, "é": "ü \\u0000"}), ensure_ascii=False, indent=1
    )
    (tmp_path / "one.json").write_text(text)
    ingest(tmp_path / "one.json")
    assert rows("SELECT record FROM cloudtrail_events") == [{"record": text}]


@pytest.mark.parametrize("version", ["1.01", "1.05", "1.11"])
def test_old_and_new_versions_are_read(tmp_path: Path, ingest: Any, rows: Any, version: str) -> None:
    old = {
        name: value for name, value in record(1).items() if name not in ("recipientAccountId", "readOnly", "resources")
    }
    write_log(tmp_path / "old.json", [old | {"eventVersion": version}])
    ingest(tmp_path / "old.json")
    assert rows("SELECT account, eventVersion, readOnly, resources FROM cloudtrail_events") == [
        {"account": ACCOUNT, "eventVersion": version, "readOnly": None, "resources": None}
    ]


def test_a_member_of_an_unusual_type_leaves_only_its_column_empty(tmp_path: Path, ingest: Any, rows: Any) -> None:
    write_log(tmp_path / "x.json", [record(1, readOnly="yes", errorCode=7)])
    assert ingest(tmp_path / "x.json").records == 1
    assert rows("SELECT readOnly, errorCode, eventName FROM cloudtrail_events") == [
        {"readOnly": None, "errorCode": None, "eventName": "CreateBucket"}
    ]


def test_what_is_no_record_is_set_aside_with_its_reason(tmp_path: Path, lake: Any, ingest: Any, rows: Any) -> None:
    bad: list[Any] = [
        record(2, eventVersion="2.0"),
        record(3, eventTime="yesterday"),
        {"hello": 1},
        7,
        record(6, eventID=None),
    ]
    path = write_log(tmp_path / "mixed.json", [record(1), *bad])
    write_log(tmp_path / "mixed.jsonl", [record(7), '{"torn": ', record(8)], lines=True)
    outcome = ingest(tmp_path)
    assert (outcome.files, outcome.records, outcome.set_aside) == (2, 3, 6)
    kept = (lake.place.folder / "set-aside" / f"{hashlib.sha256(path.read_bytes()).hexdigest()}.jsonl").read_text()
    reasons = [json.loads(line) for line in kept.splitlines()]
    assert [one["number"] for one in reasons] == [2, 3, 4, 5, 6]
    assert "eventVersion '2.0'" in reasons[0]["reason"]
    assert "eventID missing" in reasons[4]["reason"]
    assert json.loads(reasons[2]["text"]) == {"hello": 1}
    assert rows(COUNT) == [{"n": 3}]


def test_bad_files_are_refused_whole_with_a_clear_reason(tmp_path: Path, ingest: Any, rows: Any) -> None:
    whole = gzip.compress(json.dumps({"Records": [record(1)]}).encode())
    contents = {
        "truncated.json.gz": whole[: len(whole) // 2],
        "no end mark.json.gz": whole[:-8],
        "damaged.json.gz": whole[:20] + b"\xff\xff\xff\xff" + whole[24:],
        "followed.json.gz": whole + b"something",
        "bomb.json.gz": gzip.compress(b" " * (129 * 1024 * 1024), 1),
        "foreign.json": b'{"a": 1}',
        "foreign records.json": b'{"Records": [{"Sns": {}}, {"Sns": {}}]}',
        "records that are no list.json": b'{"Records": "all"}',
        "text.log": b"127.0.0.1 - - [01/Mar/2026] GET /",
        "empty.json": b"",
        "cut.json": b'{"Records": [{"eventVersion": "1.08", "eve',
        "deep.json": b"[" * 100_000,
        "latin.json": json.dumps({"Records": [record(2)]}).encode().replace(b"alice", b"\xe9\xff"),
    }
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    outcome = ingest(tmp_path)
    reasons = {Path(one["location"]).name: one["reason"] for one in outcome.refused}
    assert reasons.keys() == contents.keys()
    assert "truncated gzip" in reasons["truncated.json.gz"]
    assert "truncated gzip" in reasons["no end mark.json.gz"]
    assert "gzip" in reasons["damaged.json.gz"]
    assert "follows the gzip data" in reasons["followed.json.gz"]
    assert "inflates to more than 128 MiB" in reasons["bomb.json.gz"]
    assert "foreign JSON" in reasons["foreign.json"]
    assert "none of its 2 texts is a CloudTrail record" in reasons["foreign records.json"]
    assert "not JSON" in reasons["text.log"]
    assert reasons["empty.json"] == "empty"
    assert "damaged JSON" in reasons["cut.json"]
    assert rows(COUNT) == [{"n": 0}]


class Died(BaseException):
    """The end of a writer."""


class Dying(Lake):
    """A lake whose writer dies as it commits: before the table has the rows, or after."""

    has_committed = False

    def append(self, *arguments: Any) -> None:
        if self.has_committed:
            super().append(*arguments)
        raise Died


@pytest.mark.parametrize("has_committed", [False, True])
def test_what_a_dead_writer_left_is_decided_by_the_next_run(
    tmp_path: Path, lake: Any, ingest: Any, rows: Any, has_committed: bool
) -> None:
    path = write_log(tmp_path / "logs" / "x.json", [record(1)])
    dying = Dying(lake.place)
    dying.has_committed = has_committed
    with pytest.raises(Died):
        Ingest(dying, source_of(str(path)), workers=1).run()
    outcome = ingest(path)
    assert (outcome.records, outcome.present) == ((0, 1) if has_committed else (1, 0))
    assert rows(COUNT) == [{"n": 1}]


def test_links_and_other_files_are_left_alone(tmp_path: Path, ingest: Any) -> None:
    logs = tmp_path / "logs"
    write_log(tmp_path / "outside.json", [record(1)])
    logs.mkdir()
    (logs / "link.json").symlink_to(tmp_path / "outside.json")
    (logs / "readme.txt").write_text("no log")
    assert ingest(logs).files == 0


def test_two_worker_processes_take_each_file_once(tmp_path: Path, ingest: Any, rows: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("garrison.lake.ingest.GROUP_BYTES", 20_000)
    for number in range(12):
        # every second file has the content of the one before
        write_log(tmp_path / "logs" / f"{number:02d}.json.gz", [record(number // 2 * 100 + n) for n in range(20)])
    outcome = ingest(tmp_path / "logs", workers=2)
    assert (outcome.files, outcome.records, outcome.present) == (6, 120, 6)
    assert rows("SELECT count(*) AS n, count(DISTINCT eventID) AS d FROM cloudtrail_events") == [{"n": 120, "d": 120}]


def test_another_ingest_that_was_quicker_costs_nothing(
    tmp_path: Path, lake: Any, ingest: Any, rows: Any, monkeypatch: Any
) -> None:
    write_log(tmp_path / "logs" / "a.json", [record(1)])
    write_log(tmp_path / "logs" / "b.json", [record(2)])
    commit = lake.commit_batch

    def commit_late(*arguments: Any) -> bool:
        monkeypatch.setattr(lake, "commit_batch", commit)
        ingest(tmp_path / "logs" / "a.json")
        return bool(commit(*arguments))

    monkeypatch.setattr(lake, "commit_batch", commit_late)
    outcome = ingest(tmp_path / "logs")
    assert (outcome.files, outcome.present) == (1, 1)
    assert rows("SELECT requestID FROM cloudtrail_events ORDER BY 1") == [{"requestID": "R1"}, {"requestID": "R2"}]
