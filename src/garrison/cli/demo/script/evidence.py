"""Chapter 5: one byte of a delivered log file is changed, and the digest says so."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from garrison.cli.demo.script.scene import Scene, awaited, garrison, run, variables
from garrison.codec import encode


def evidence(scene: Scene) -> dict[str, Any]:
    """The hour is over: its digest comes, is verified, and again once a log file was touched."""
    narrator, bucket = scene.narrator, scene.stage.notes["bucket"]
    narrator.say(
        "After each hour comes a digest of the trail: hashes of all log files, and of the digest before, signed."
    )
    began = scene.clock.now() - timedelta(hours=2)
    scene.clock.shift(-(scene.clock.now() - _real_now()))
    digests = awaited(
        "The digests", lambda: _enough(_keys(scene, bucket, "CloudTrail-Digest")), lambda: _standing(scene, bucket)
    )
    narrator.shows(key.rpartition("/")[2] for key in digests)
    before = _verified(scene, began)
    narrator.shows(before.stdout.strip().splitlines()[-1:])
    name = _touch(scene, bucket)
    narrator.say(f"Somebody who may write into the bucket changes one letter of {name.rpartition('/')[2]}:")
    after = _verified(scene, began)
    narrator.shows(_told_of(after))
    return {"before": before.returncode, "after": after.returncode, "file": name, "told": after.stdout}


def _real_now() -> Any:
    from garrison.clock import SystemClock

    return SystemClock().now()


def _enough(keys: list[str]) -> list[str] | None:
    """The digests once those of both hours are there: the hour in which the trail was made, and that in which it was stopped."""
    return keys if len(keys) > 1 else None


def _standing(scene: Scene, bucket: str) -> str:
    """How the trail stands at its clock's time, to be told where its digests do not come."""
    status = scene.stage.call("cloudtrail", "GetTrailStatus", Name=scene.stage.notes["trail"])
    told = {name: str(value) for name, value in status.items() if value and name != "ResponseMetadata"}
    keys = _keys(scene, bucket, "CloudTrail-Digest")
    return f"It is {scene.clock.now():%H:%M:%S}, there are {keys}, and the trail's status is {told}."


def _keys(scene: Scene, bucket: str, kind: str) -> list[str]:
    prefix = f"AWSLogs/{scene.stage.account}/{kind}/{scene.stage.region}/"
    found = scene.stage.administrator.pages("s3", "ListObjectsV2", "Contents", Bucket=bucket, Prefix=prefix)
    return [one["Key"] for one in found]


def _verified(scene: Scene, began: Any) -> subprocess.CompletedProcess[str]:
    """Verify the trail by the AWS CLI where there is one, else by Garrison's own reader of log files."""
    stage = scene.stage
    given = variables(stage, stage.administrator)
    aws = shutil.which("aws", path=str(Path(sys.executable).parent)) or shutil.which("aws")
    if aws is not None:
        start = f"{began:%Y-%m-%dT%H:%M:%SZ}"
        asked = ["cloudtrail", "validate-logs", "--trail-arn", stage.notes["trail"], "--start-time", start]
        scene.narrator.does(f"aws {' '.join(asked)}")
        return run([aws, *asked], given)
    with TemporaryDirectory() as folder:
        keys = Path(folder) / "keys.json"
        told = stage.call("cloudtrail", "ListPublicKeys", StartTime=began, EndTime=_real_now())["PublicKeyList"]
        keys.write_bytes(encode({"PublicKeyList": told}))
        asked = ["trail", "ingest", f"s3://{stage.notes['bucket']}/AWSLogs/"]
        scene.narrator.does(f"garrison {' '.join(asked)} --public-keys keys.json")
        more = ["--public-keys", str(keys), "--endpoint-url", stage.endpoint.url, "--home", str(stage.home)]
        return run(garrison(*asked, *more), given)


def _told_of(done: subprocess.CompletedProcess[str]) -> list[str]:
    lines = [line for line in done.stdout.splitlines() if "INVALID" in line or "changed" in line.lower()]
    return lines or done.stdout.splitlines()[-3:]


def _touch(scene: Scene, bucket: str) -> str:
    """Change one byte of the oldest log file; gives its key."""
    stage = scene.stage
    name = min(_keys(scene, bucket, "CloudTrail"))
    body = gzip.decompress(stage.call("s3", "GetObject", Bucket=bucket, Key=name)["Body"].read())
    changed = body.replace(b"StopLogging", b"StopLoggimg") if b"StopLogging" in body else body[:-2] + b" }"
    stage.call("s3", "PutObject", Bucket=bucket, Key=name, Body=gzip.compress(changed))
    return name
