"""A disk without room: a clear error, nothing acknowledged that is not kept, and work again once there is room."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import free_port
from .server import RunningServer, check_lookup, check_records, wait_for


def outcome(operation: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
    """The request's id, and `done` or the error."""
    try:
        return operation(**parameters)["ResponseMetadata"]["RequestId"], "done"
    except ClientError as error:
        answer = error.response
        assert answer["ResponseMetadata"]["HTTPStatusCode"] < 500 or answer["Error"]["Code"] == "ServiceUnavailable"
        return answer["ResponseMetadata"]["RequestId"], f"{answer['Error']['Code']}: {answer['Error']['Message']}"


def fill_and_recover(server: RunningServer, take_room: Callable[[], None], give_room: Callable[[], None]) -> None:
    """Call until nothing goes any more, give room, call again, and compare what was acknowledged with what is kept."""
    iam = server.client("iam")
    acknowledged: list[str] = []
    users: set[str] = set()
    refusals: set[str] = set()
    take_room()
    for number in range(400):
        name = f"scarce-{number}-{'x' * 40}"
        request, said = outcome(iam.create_user, UserName=name, Tags=[{"Key": "k", "Value": "v" * 200}])
        read, read_said = outcome(iam.list_users, MaxItems=1)
        if said == "done":
            acknowledged.append(request)
            users.add(name)
        if read_said == "done":
            acknowledged.append(read)
        refusals |= {said, read_said} - {"done"}
        if "done" not in (said, read_said):
            break
    assert refusals, "the disk never was full"
    assert all(said.startswith("ServiceUnavailable: The service cannot keep records now") for said in refusals), (
        refusals
    )
    assert not any("/" in said.partition(": ")[2].replace(str(server.home), "") for said in refusals), refusals
    give_room()
    wait_for(lambda: outcome(iam.list_users, MaxItems=1)[1] == "done", f"reading does not go on: {server.log()}")
    wait_for(lambda: outcome(iam.create_user, UserName="after")[1] != "", "changing does not go on")
    wait_for(lambda: outcome(iam.get_user, UserName="after")[1] == "done", f"changing does not go on: {server.log()}")
    records = check_records(server, acknowledged)
    check_lookup(server, records)
    kept = {user["UserName"] for page in iam.get_paginator("list_users").paginate() for user in page["Users"]}
    assert users <= kept


def test_where_files_may_not_grow(server: RunningServer) -> None:
    def limit(soft: int) -> None:
        for pid in server.all_processes():
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))

    biggest = max(path.stat().st_size for path in server.home.rglob("*") if path.is_file())
    fill_and_recover(server, lambda: limit(biggest + 20_000), lambda: limit(resource.RLIM_INFINITY))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 12 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("a small file system can be mounted by root only")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m,mode=700", "tmpfs", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_where_the_disk_is_full(small_disk: Path) -> None:
    server = RunningServer(small_disk / "home", free_port())
    ballast = small_disk / "ballast"

    def take_room() -> None:
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(b"x" * 4096):
                pass

    try:
        server.start()
        fill_and_recover(server, take_room, ballast.unlink)
    finally:
        server.stop()
