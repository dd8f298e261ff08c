"""`kill -9` while log events come in: each acknowledged one is kept once and counted once, and a backup has them all."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from garrison.runtime.backup import write_backup
from garrison.runtime.home import Home
from garrison.runtime.restore import restore_backup
from garrison.setting_sources import load_settings

from .server import BACKGROUND, WORKER, RunningServer, wait_for

GROUP, STREAM = "killed", "main"
KINDS = (BACKGROUND, WORKER, BACKGROUND)


class Writer(threading.Thread):
    """Puts numbered events until it is stopped, and remembers what was acknowledged."""

    def __init__(self, server: RunningServer) -> None:
        super().__init__()
        self._client: Any = server.client("logs")
        self.acknowledged: list[str] = []
        self.over = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.over.is_set():
            number += 1
            event = {"timestamp": int(time.time() * 1000), "message": f"event {number}"}
            try:
                self._client.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=[event])
            except (BotoCoreError, ClientError):
                time.sleep(0.01)
                continue
            self.acknowledged.append(event["message"])


def test_log_events_are_kept_and_counted_once_whoever_is_killed(server: RunningServer) -> None:
    logs = server.client("logs")
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
    metric = {"metricName": "Events", "metricNamespace": "Kills", "metricValue": "1"}
    logs.put_metric_filter(logGroupName=GROUP, filterName="all", filterPattern="event", metricTransformations=[metric])
    started_at = datetime.now(UTC)
    writer = Writer(server)
    writer.start()
    try:
        for kind in KINDS:
            time.sleep(0.7)
            server.kill(kind)
    finally:
        time.sleep(0.5)
        writer.over.set()
        writer.join()
    kept = _messages(server)
    assert len(set(kept)) == len(kept), "an event is doubled"
    assert set(writer.acknowledged) <= set(kept), "an acknowledged event is lost"
    wait_for(lambda: _counted(server, started_at) >= len(kept), "not every event is counted")
    time.sleep(1.5)
    assert _counted(server, started_at) == len(kept), "an event is counted twice"
    assert len(kept) > 10
    _check_backup(server, len(kept))


def _messages(server: RunningServer) -> list[str]:
    found, token = list[str](), None
    while True:
        following = {"nextToken": token} if token else {"startFromHead": True}
        page = server.client("logs").get_log_events(logGroupName=GROUP, logStreamName=STREAM, **following)
        if page["nextForwardToken"] == token:
            return found
        found += [event["message"] for event in page["events"]]
        token = page["nextForwardToken"]


def _counted(server: RunningServer, since: datetime) -> float:
    points = server.client("cloudwatch").get_metric_statistics(
        Namespace="Kills",
        MetricName="Events",
        StartTime=since - timedelta(minutes=2),
        EndTime=datetime.now(UTC) + timedelta(minutes=2),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))


def _check_backup(server: RunningServer, count: int) -> None:
    archive = server.home.parent / "backup.tar"
    write_backup(load_settings(server.home), archive)
    restored = server.home.parent / "restored"
    restore_backup(archive, Home(restored))
    with closing(sqlite3.connect(restored / "logs" / "events.db")) as db:
        assert db.execute("SELECT count(*) FROM event").fetchone() == (count,)
    assert (restored / "metrics" / "metrics.db").exists()
