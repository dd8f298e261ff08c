"""A post office for trails: a real store and journal, a bucket and a topic in memory, and rounds that can be cut off anywhere."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from garrison.errors import ApiError
from garrison.journal import Journal
from garrison.services.background import Workplace
from garrison.services.cloudtrail.delivery.rounds import deliver
from garrison.services.cloudtrail.resources import Trail
from garrison.services.identity import Principal

ACCOUNT = "123456789012"


class Killed(BaseException):
    """The process ends here."""


class Post:
    """What surrounds deliveries."""

    def __init__(self, api: Any, home: Path) -> None:
        self.api = api
        self.clock = api.clock
        self.journal = Journal(home / "journal", sync=False)
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}
        self.put_keys: list[str] = []
        """Every put, again ones too."""
        self.messages: list[tuple[str, str]] = []
        self.refusals: dict[str, ApiError] = {}
        """What an operation (`PutObject`, `Publish`) is refused with."""
        self.callers: list[tuple[Principal, str | None]] = []
        self.steps_left: int | None = None
        """After how many steps the process is killed; None: never."""
        settings = api.parts.settings
        settings.trail_delivery_seconds, settings.digest_anchors, settings.ephemeral = 1, (), True
        api.parts.calls = self
        api.parts.settings = settings
        self.place = Workplace(api.parts, api.clock, self.journal, home)
        self._store = api.store
        self._events = 0
        self._done: set[str] = set()

    def happens(self, name: str = "CreateUser", event_id: str | None = None, **members: Any) -> str:
        """A call that was recorded; gives its event id."""
        self._events += 1
        event_id = event_id or f"event-{self._events}"
        record = {
            "eventID": event_id,
            "eventTime": self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventName": name,
            "eventSource": "ec2.amazonaws.com",
            "awsRegion": "us-east-1",
            "eventCategory": "Management",
            "readOnly": False,
            "recipientAccountId": ACCOUNT,
            "_garrison": {"decision": "Allow"},
        } | members
        self.journal.append_batch([(event_id, json.dumps(record).encode())], self.clock.now())
        return event_id

    def change(self, operation: Callable[..., Any], trail: str = "main", **parameters: Any) -> str:
        """Change a trail and record the call that does it; gives its event id."""
        operation(**parameters)
        with self._store.reading(ACCOUNT, "us-east-1") as unit:
            event_id = unit.history(Trail, self.api.region, trail, limit=1)[0].event_id
        assert event_id is not None
        return self.happens(operation.__name__, event_id, eventSource="cloudtrail.amazonaws.com")

    def start(self, name: str = "main", **settings: Any) -> str:
        """A trail that logs from now on; gives the event id of StartLogging."""
        trails = self.api.cloudtrail
        self.change(trails.create_trail, name, Name=name, **({"S3BucketName": "audit-logs"} | settings))
        return self.change(trails.start_logging, name, Name=name)

    def come_round(self, seconds: float = 2) -> None:
        """Let time pass, then the task come round."""
        self.clock.advance(seconds=seconds)
        deliver(self.place)

    def come_round_killed(self, steps: int) -> bool:
        """Come round, killed after so many steps; whether it was."""
        self.steps_left = steps
        try:
            with self._counted_commits():
                self.come_round()
        except Killed:
            return True
        finally:
            self.steps_left = None
        return False

    def delivered(self, bucket: str = "audit-logs") -> list[str]:
        """The event ids of all log files in a bucket."""
        return [record["eventID"] for record in self.records(bucket)]

    def records(self, bucket: str = "audit-logs") -> list[dict[str, Any]]:
        """The records of all log files in a bucket."""
        return [
            record
            for (name, key), made in self.objects.items()
            if name == bucket and "/CloudTrail/" in key
            for record in json.loads(gzip.decompress(made["Body"]))["Records"]
        ]

    def digests(self, bucket: str = "audit-logs") -> list[dict[str, Any]]:
        """The digests in a bucket, in the order of their ends."""
        found = [
            json.loads(gzip.decompress(made["Body"]))
            for (name, key), made in self.objects.items()
            if name == bucket and "/CloudTrail-Digest/" in key
        ]
        return sorted(found, key=lambda digest: str(digest["digestEndTime"]))

    def call_as(
        self,
        principal: Principal,
        service: str,
        operation: str,
        parameters: dict[str, Any],
        *,
        user_agent: str,
        region: str | None = None,
        source_arn: str | None = None,
        is_local: bool = False,
        once: str | None = None,
    ) -> dict[str, Any]:
        """Take a call as the other service would."""
        self._step()
        self.callers.append((principal, source_arn))
        if operation in self.refusals:
            raise self.refusals[operation]
        if operation == "PutObject" and not parameters["Key"].endswith("/"):
            self.put_keys.append(parameters["Key"])
            self.objects[parameters["Bucket"], parameters["Key"]] = parameters
        elif operation == "Publish" and once is not None and once not in self._done:
            self._done.add(once)
            self.messages.append((parameters["TopicArn"], parameters["Message"]))
        self._step()
        return {"ETag": '"0"'}

    def _step(self) -> None:
        if self.steps_left is not None:
            if self.steps_left == 0:
                raise Killed
            self.steps_left -= 1

    @contextmanager
    def _counted_commits(self) -> Iterator[None]:
        """Make the beginning and the end of each transaction a step too."""
        writing = self._store.writing

        @contextmanager
        def counted(*where: Any, **options: Any) -> Iterator[Any]:
            self._step()
            with writing(*where, **options) as unit:
                yield unit
                self._step()
            self._step()

        self._store.writing = counted
        try:
            yield
        finally:
            del self._store.writing


HOUR = timedelta(hours=1)
