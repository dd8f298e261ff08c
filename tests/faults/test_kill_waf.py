"""`kill -9` while adapters tell what they decided: each batch that was taken is logged once and counted once."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from garrison.waf.records.batch import Batch, encode
from garrison.waf.records.counts import Count

from .server import BACKGROUND, WORKER, RunningServer, wait_for

GROUP = "aws-waf-logs-killed"
KINDS = (BACKGROUND, WORKER, BACKGROUND)
VISIBLE = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "shop"}


class Adapter(threading.Thread):
    """Tells numbered batches, each until it is taken, as an adapter does."""

    def __init__(self, server: RunningServer, web_acl: str) -> None:
        super().__init__()
        self._client: Any = server.client("garrison")
        self._web_acl = web_acl
        self.taken = 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.is_set():
            now = time.time()
            record = {"timestamp": int(now * 1000), "webaclId": self._web_acl, "number": self.taken}
            count = Count(int(now) // 60 * 60, "AllowedRequests", (("Rule", "ALL"),), 1)
            content = encode(Batch(records=(record,), counts=(count,)))
            while not self._is_taken(content):
                time.sleep(0.01)
            self.taken += 1

    def _is_taken(self, content: bytes) -> bool:
        try:
            self._client.put_waf_records(WebAclArn=self._web_acl, BatchId=f"batch-{self.taken}", Records=content)
        except (BotoCoreError, ClientError):
            return False
        return True


def test_batches_are_logged_and_counted_once_whoever_is_killed(server: RunningServer) -> None:
    waf, logs = server.client("wafv2"), server.client("logs")
    logs.create_log_group(logGroupName=GROUP)
    account = server.client("sts").get_caller_identity()["Account"]
    arn = waf.create_web_acl(Name="shop", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=VISIBLE)[
        "Summary"
    ]["ARN"]
    destination = f"arn:aws:logs:us-east-1:{account}:log-group:{GROUP}"
    waf.put_logging_configuration(LoggingConfiguration={"ResourceArn": arn, "LogDestinationConfigs": [destination]})
    started_at = datetime.now(UTC)
    adapter = Adapter(server, arn)
    adapter.start()
    try:
        for kind in KINDS:
            before = adapter.taken
            wait_for(lambda before=before: adapter.taken > before + 10, "nothing is taken")
            server.kill(kind)
    finally:
        adapter.over.set()
        adapter.join()
    wait_for(lambda: _counted(server, started_at) >= adapter.taken, "not every batch is counted")
    wait_for(lambda: len(_logged(server)) >= adapter.taken, "not every batch is logged")
    time.sleep(1.5)
    assert _counted(server, started_at) == adapter.taken, "a batch is counted twice"
    assert sorted(_logged(server)) == list(range(adapter.taken)), "a record is logged twice"


def _logged(server: RunningServer) -> list[int]:
    found, token = list[int](), None
    logs = server.client("logs")
    while True:
        following = {"nextToken": token} if token else {}
        page = logs.filter_log_events(logGroupName=GROUP, **following)
        found += [json.loads(event["message"])["number"] for event in page["events"]]
        token = page.get("nextToken")
        if token is None:
            return found


def _counted(server: RunningServer, since: datetime) -> float:
    dimensions = {"WebACL": "shop", "Region": "us-east-1", "Rule": "ALL"}
    points = server.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/WAFV2",
        MetricName="AllowedRequests",
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=since - timedelta(minutes=2),
        EndTime=datetime.now(UTC) + timedelta(minutes=2),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))
