"""What was acknowledged is there whole: with many writers; and what went leaves no bytes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from garrison.services.s3 import sweeping
from garrison.testing import Account


def body(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest() * 4000


def files(account: Account, folder: str = "bytes") -> list[Path]:
    return [path for path in (account.home / "objects" / folder).rglob("*") if path.is_file()]


@pytest.mark.garrison(workers=2)
def test_concurrent_writers_leave_one_whole_object(garrison: Account) -> None:
    s3 = garrison.client("s3")
    s3.create_bucket(Bucket="shared")
    whole = {body(number) for number in range(24)}

    def write(number: int) -> None:
        s3.put_object(Bucket="shared", Key="k", Body=body(number))
        assert s3.get_object(Bucket="shared", Key="k")["Body"].read() in whole

    def wins(number: int) -> bool:
        with suppress(ClientError):
            s3.put_object(Bucket="shared", Key="once", Body=body(number), IfNoneMatch="*")
            return True
        return False

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(write, range(24)))
        assert sum(threads.map(wins, range(12))) == 1


def test_what_nothing_refers_to_is_swept_and_nothing_else(garrison: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    s3 = garrison.client("s3")
    s3.create_bucket(Bucket="swept")
    for number in range(3):
        s3.put_object(Bucket="swept", Key="k", Body=body(number))
    s3.put_object(Bucket="swept", Key="stays", Body=b"stays")
    with suppress(ClientError):
        s3.put_object(Bucket="swept", Key="k", Body=b"x", IfNoneMatch="*")
    s3.delete_object(Bucket="swept", Key="k")
    assert len(files(garrison)) == 5
    _sweep(garrison, monkeypatch)
    assert len(files(garrison)) == 1
    assert files(garrison, "notes") == []
    assert s3.get_object(Bucket="swept", Key="stays")["Body"].read() == b"stays"


def _sweep(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sweep as the background process does, without waiting for readers."""
    from contextlib import closing

    from garrison.runtime.parts import open_parts
    from garrison.services.background import Workplace
    from garrison.setting_sources import load_settings

    monkeypatch.setattr(sweeping, "READERS_SECONDS", -1.0)
    with closing(open_parts(load_settings(account.home))) as opened:
        sweeping.sweep(Workplace(opened.parts, opened.clock, None, account.home))  # type: ignore[arg-type]


def test_the_aws_cli_copies_syncs_lists_and_removes(garrison: Account, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "deep").mkdir(parents=True)
    (source / "deep" / "small.txt").write_text("small")
    (source / "large.bin").write_bytes(body(1) * 80)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= garrison.administrator.environment() | {"HOME": str(tmp_path), "AWS_PAGER": ""}

    def aws(*arguments: str) -> str:
        command = [str(Path(sys.executable).with_name("aws")), *arguments]
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    aws("s3", "mb", "s3://by-cli")
    aws("s3", "sync", str(source), "s3://by-cli/x/")
    listed = aws("s3", "ls", "--recursive", "s3://by-cli")
    assert "x/deep/small.txt" in listed
    assert "10240000 x/large.bin" in listed
    aws("s3", "cp", "--recursive", "s3://by-cli/x/", str(target))
    assert (target / "large.bin").read_bytes() == body(1) * 80
    assert (target / "deep" / "small.txt").read_text() == "small"
    aws("s3", "rb", "--force", "s3://by-cli")


def test_presigned_urls_and_virtual_hosts_work(garrison: Account) -> None:
    from urllib.request import Request, urlopen

    from botocore.config import Config

    s3 = garrison.client("s3")
    s3.create_bucket(Bucket="signed")
    put = s3.generate_presigned_url("put_object", {"Bucket": "signed", "Key": "a b"})
    assert urlopen(Request(put, data=b"by url", method="PUT")).status == 200
    got = s3.generate_presigned_url("get_object", {"Bucket": "signed", "Key": "a b", "ResponseContentType": "text/x"})
    with urlopen(got) as answer:
        assert (answer.read(), answer.headers["content-type"]) == (b"by url", "text/x")
    port = garrison.endpoint.rpartition(":")[2]
    virtual = garrison.client(
        "s3", endpoint_url=f"http://s3.localhost:{port}", config=Config(s3={"addressing_style": "virtual"})
    )
    url = virtual.generate_presigned_url("get_object", {"Bucket": "signed", "Key": "a b"})
    host, _, rest = url.removeprefix("http://").partition("/")
    assert host == f"signed.s3.localhost:{port}"
    with urlopen(Request(f"{garrison.endpoint}/{rest}", headers={"Host": host})) as answer:
        assert answer.read() == b"by url"
