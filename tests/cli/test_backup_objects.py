"""A backup takes objects along, whole, while others come and go."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


def test_objects_come_back_from_a_backup(garrison: Any, installations: Callable[[str], Any]) -> None:
    garrison.up()
    s3 = garrison.client("s3")
    s3.create_bucket(Bucket="kept")
    for number in range(10):
        s3.put_object(Bucket="kept", Key=f"k{number}", Body=bytes([number]) * 100_000, Metadata={"n": str(number)})
    stop = threading.Event()

    def churn() -> None:
        client, number = garrison.client("s3"), 0
        while not stop.is_set():
            number += 1
            client.put_object(Bucket="kept", Key=f"churn{number % 5}", Body=bytes([number % 256]) * 50_000)

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        garrison.told("backup", str(garrison.home.parent / "backup.tar"))
    finally:
        stop.set()
        thread.join()
    garrison.down()
    restored = installations("restored")
    restored.told("restore", str(garrison.home.parent / "backup.tar"))
    restored.up()
    again = restored.client("s3")
    for entry in again.list_objects_v2(Bucket="kept")["Contents"]:
        got = again.get_object(Bucket="kept", Key=entry["Key"])
        content = got["Body"].read()
        assert len(set(content)) == 1
        assert entry["Key"].startswith("churn") or content == bytes([int(got["Metadata"]["n"])]) * 100_000
    assert len(again.list_objects_v2(Bucket="kept", Prefix="k")["Contents"]) == 10
