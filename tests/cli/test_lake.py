"""`garrison trail ingest` and `garrison query` as people run them."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from garrison.cli import main
from garrison.gateway.founding import found_account
from garrison.runtime.home import Home
from tests.lake.templates import ACCOUNT, record, write_log

COUNT = "SELECT count(*) AS n FROM cloudtrail_events"
FOLDER = f"AWSLogs/{ACCOUNT}"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = tmp_path / "home"
    found_account(Home(place), region="us-east-1")
    return place


class Ended(NamedTuple):
    """What a command wrote."""

    stdout: str
    stderr: str


@pytest.fixture
def command(home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """The whole command line in this process: starting Python and loading Arrow takes most of a command's time."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str, code: int = 0) -> Ended:
        monkeypatch.setattr(sys, "argv", ["garrison", *arguments, "--home", str(home)])
        with pytest.raises(SystemExit) as end:
            main()
        done = Ended(*capfd.readouterr())
        assert (end.value.code or 0) == code, done
        return done

    return run


def test_log_files_are_taken_in_and_asked(tmp_path: Path, command: Any) -> None:
    write_log(tmp_path / "logs" / "a.json.gz", [record(n) for n in range(3)])
    told = json.loads(command("trail", "ingest", str(tmp_path / "logs"), "--json").stdout)
    assert (told["files"], told["records"], told["alreadyPresent"]) == (1, 3, 0)
    assert "1 files were there already" in command("trail", "ingest", str(tmp_path / "logs")).stdout
    ask = "SELECT eventName, userIdentity.arn AS who, element_at(requestParameters, 'bucketName') AS b FROM cloudtrail_events ORDER BY eventTime"
    lines = [json.loads(line) for line in command("query", ask, "--json").stdout.splitlines()]
    assert lines[1] == {"eventName": "CreateBucket", "who": f"arn:aws:iam::{ACCOUNT}:user/alice", "b": "b-1"}
    rows = list(csv.reader(io.StringIO(command("query", ask, "--format", "csv").stdout)))
    assert rows[0] == ["eventName", "who", "b"]
    assert len(rows) == 4
    assert "CreateBucket" in command("query", ask).stdout
    wide = command("query", "SELECT * FROM cloudtrail_events ORDER BY eventTime LIMIT 2").stdout
    assert "Row 1" in wide and "Row 2" in wide, "a row is a table of its own where columns would be too narrow"
    assert f"arn:aws:iam::{ACCOUNT}:user/alice" in wide
    import pyarrow.parquet as pq

    out = tmp_path / "out.parquet"
    command("query", ask, "--format", "parquet", "--output", str(out))
    assert pq.read_table(out).to_pylist() == lines


def test_bad_files_are_told_with_their_reasons(tmp_path: Path, command: Any) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "bad.json").write_text('{"hello": 1}')
    done = command("trail", "ingest", str(tmp_path / "logs"), code=4)
    assert "foreign JSON" in done.stdout
    assert "There is no" in command("trail", "ingest", str(tmp_path / "nowhere"), code=1).stderr
    assert "not allowed" in command("query", "SELECT * FROM read_csv('/etc/passwd')", code=1).stderr
    assert json.loads(command("query", COUNT, "--json").stdout) == {"n": 0}


def test_a_table_shows_no_control_characters(tmp_path: Path, command: Any) -> None:
    write_log(tmp_path / "a.json", [record(1, userAgent="[red]x\x1b]0;owned\x07")])
    command("trail", "ingest", str(tmp_path / "a.json"))
    shown = command("query", "SELECT userAgent FROM cloudtrail_events").stdout
    assert "[red]x" in shown
    assert "\x1b" not in shown


def test_a_folder_is_followed(tmp_path: Path, home: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    garrison = [sys.executable, "-m", "garrison"]
    at_home = ["--json", "--home", str(home)]
    follow = [*garrison, "trail", "ingest", str(logs), "--follow", "--every", "0.2", *at_home]
    with subprocess.Popen(follow, stdout=subprocess.PIPE, text=True) as follower:
        try:
            assert follower.stdout is not None
            assert json.loads(follower.stdout.readline())["records"] == 0
            write_log(tmp_path / "new.json", [record(1)]).rename(logs / "new.json")
            assert any(json.loads(line)["records"] == 1 for line in follower.stdout), "it ended by itself"
        finally:
            follower.send_signal(signal.SIGINT)
    asked = subprocess.run([*garrison, "query", COUNT, *at_home], capture_output=True, text=True, check=True)
    assert json.loads(asked.stdout) == {"n": 1}


def digest(end: str, logs: dict[str, Path], before: tuple[str, bytes, str] | None) -> tuple[str, bytes, str]:
    """A digest of log files: its key, its content and its signature."""
    key = f"{FOLDER}/CloudTrail-Digest/eu-central-1/2026/03/01/{ACCOUNT}_CloudTrail-Digest_eu-central-1_t_eu-central-1_{end}.json.gz"
    content = json.dumps(
        {
            "awsAccountId": ACCOUNT,
            "digestEndTime": end,
            "digestS3Bucket": "logs",
            "digestS3Object": key,
            "digestPublicKeyFingerprint": "abc",
            "previousDigestS3Object": before[0] if before else None,
            "previousDigestHashValue": hashlib.sha256(before[1]).hexdigest() if before else None,
            "previousDigestSignature": before[2] if before else None,
            "logFiles": [
                {"s3Object": name, "hashValue": hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest()}
                for name, path in logs.items()
            ],
        }
    ).encode()
    signed = f"{end}\nlogs/{key}\n{hashlib.sha256(content).hexdigest()}\n{before[2] if before else 'null'}"
    return key, content, KEY.sign(signed.encode(), padding.PKCS1v15(), SHA256()).hex()


def test_log_files_are_verified_by_their_digests(tmp_path: Path, command: Any) -> None:
    logs: dict[str, Path] = {}
    for number in range(3):
        name = f"{FOLDER}/CloudTrail/eu-central-1/2026/03/01/{ACCOUNT}_CloudTrail_eu-central-1_{number}.json.gz"
        logs[name] = write_log(tmp_path / "logs" / name, [record(number)])
    first = digest("2026-03-01T01:00:00Z", dict(list(logs.items())[:2]), None)
    second = digest("2026-03-01T02:00:00Z", dict(list(logs.items())[2:]) | {"gone.json.gz": logs[name]}, first)
    for key, content, _ in (first, second):
        place = tmp_path / "logs" / key
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(gzip.compress(content))
    write_log(next(iter(logs.values())), [record(77)])  # somebody changes a log file
    keys = tmp_path / "keys.json"
    public = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    keys.write_text(json.dumps({"PublicKeyList": [{"Fingerprint": "abc", "Value": base64.b64encode(public).decode()}]}))
    arguments = ("trail", "ingest", str(tmp_path / "logs"), "--public-keys", str(keys), "--json")
    told = json.loads(command(*arguments, code=4).stdout)
    assert (told["files"], told["verifiedFiles"], told["refusedFiles"]) == (2, 2, 1)
    assert "digest gives another hash" in told["refused"][0]["reason"]
    assert told["digests"] | {"missingLogFiles": 0} == {
        "read": 2,
        "signaturesVerified": 1,
        "signaturesNotChecked": 1,
        "missingLogFiles": 0,
        "problems": [],
    }
    changed = json.loads(first[1]) | {"logFiles": []}
    (tmp_path / "logs" / first[0]).write_bytes(gzip.compress(json.dumps(changed).encode()))
    told = json.loads(command(*arguments, code=4).stdout)
    assert "changed: the digest after it" in told["digests"]["problems"][0]["reason"]
