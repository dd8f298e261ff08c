"""Keys are replaced while the server runs: the old ones are refused at once, and no stop in the middle locks anyone out."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
import threading
from contextlib import closing
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.runtime.parts import open_parts
from garrison.setting_sources import load_settings
from garrison.store import RootKey

KILLED_IN_THE_MIDDLE = """
import os, signal, sys
from pathlib import Path
from garrison.store import rotation
from garrison.runtime.rotation import rotate_root_key
from garrison.setting_sources import load_settings

def kill(done, total):
    os.kill(os.getpid(), signal.SIGKILL)

rotation._BATCH = 2
rotate_root_key(load_settings(Path(sys.argv[1])), progress=kill)
"""


def test_an_old_key_is_refused_at_once_while_the_server_runs(garrison: Any) -> None:
    garrison.up("--workers", "2")
    old = garrison.credentials()
    client = garrison.client("sts", key=old)
    assert client.get_caller_identity()["Account"]
    said = garrison.told("keys", "rotate")
    new = garrison.credentials()
    assert said == {"access_key_id": new[0], "credentials": str(garrison.home / "credentials")}
    assert new != old
    for _ in range(4):
        with pytest.raises(ClientError, match="InvalidClientTokenId"):
            garrison.client("sts", key=old).get_caller_identity()
    assert garrison.client("sts").get_caller_identity()["Arn"].endswith(":user/administrator")
    assert stat.S_IMODE((garrison.home / "credentials").stat().st_mode) == 0o600
    assert new[1] not in json.dumps(said)
    assert [key["AccessKeyId"] for key in garrison.client("iam").list_access_keys()["AccessKeyMetadata"]] == [new[0]]


def test_keys_are_rotated_without_a_server_and_without_the_old_file(garrison: Any) -> None:
    garrison.found()
    (garrison.home / "credentials").unlink()
    garrison.told("keys", "rotate")
    garrison.up()
    assert garrison.client("sts").get_caller_identity()["Account"]


def test_the_root_key_is_rotated_under_a_running_server(garrison: Any) -> None:
    garrison.up("--workers", "2")
    iam = garrison.client("iam")
    iam.create_user(UserName="alice")
    made = iam.create_access_key(UserName="alice")["AccessKey"]
    before = RootKey.from_file(garrison.home / "root.key").key_id
    stop = threading.Event()
    failures: list[Exception] = []

    def load() -> None:
        clients = [garrison.client("sts") for _ in range(3)]
        while not stop.is_set():
            try:
                for client in clients:
                    client.get_caller_identity()
            except Exception as error:
                failures.append(error)

    thread = threading.Thread(target=load)
    thread.start()
    try:
        assert garrison.told("keys", "rotate-root")["resealed"] == 2
        assert garrison.told("keys", "rotate-root")["resealed"] == 2
    finally:
        stop.set()
        thread.join()
    assert failures == []
    key = RootKey.from_file(garrison.home / "root.key")
    assert key.key_ids == (key.key_id,), "the old keys are forgotten"
    assert key.key_id != before
    alice = (made["AccessKeyId"], made["SecretAccessKey"])
    for _ in range(4):
        assert garrison.client("sts", key=alice).get_caller_identity()["Arn"].endswith(":user/alice")
    iam.create_access_key(UserName="alice")
    garrison.down()
    garrison.up()
    assert garrison.client("sts", key=alice).get_caller_identity()["Arn"].endswith(":user/alice")


def test_a_rotation_of_the_root_key_that_is_killed_goes_on_when_it_is_run_again(garrison: Any) -> None:
    garrison.up()
    kms = garrison.client("kms")
    texts = [
        kms.encrypt(KeyId=kms.create_key()["KeyMetadata"]["KeyId"], Plaintext=b"kept")["CiphertextBlob"]
        for _ in range(5)
    ]
    for _ in range(2):
        killed = subprocess.run(
            [sys.executable, "-c", KILLED_IN_THE_MIDDLE, garrison.home], capture_output=True, check=False
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert len(RootKey.from_file(garrison.home / "root.key").key_ids) == 2
        assert {kms.decrypt(CiphertextBlob=text)["Plaintext"] for text in texts} == {b"kept"}
    made = kms.create_key()["KeyMetadata"]["KeyId"]
    texts.append(kms.encrypt(KeyId=made, Plaintext=b"kept")["CiphertextBlob"])
    with closing(open_parts(load_settings(garrison.home))) as opened:
        assert len(opened.parts.root_key.key_ids) == 2, "a server would start"
    assert garrison.told("keys", "rotate-root")["resealed"] < len(texts)
    key = RootKey.from_file(garrison.home / "root.key")
    assert key.key_ids == (key.key_id,)
    with closing(open_parts(load_settings(garrison.home))) as opened:
        assert opened.parts.root_key.key_id == key.key_id
    assert {kms.decrypt(CiphertextBlob=text)["Plaintext"] for text in texts} == {b"kept"}


def test_a_root_key_of_the_environment_is_rotated_where_it_is_kept(garrison: Any) -> None:
    garrison.found()
    key = (garrison.home / "root.key").read_text().strip()
    environment = {"GARRISON_ROOT_KEY_VARIABLE": "GARRISON_ROOT_KEY", "GARRISON_ROOT_KEY": key}
    said = garrison.told("keys", "rotate-root", code=1, environment=environment)
    assert "environment" in said["error"]


def test_root_has_a_key_only_while_the_operator_wants_one(garrison: Any) -> None:
    garrison.up()
    assert garrison.told("root", "list-keys") == {"keys": []}
    made = garrison.told("root", "create-key")
    file = garrison.home / "root-credentials"
    assert made["credentials"] == str(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = dict(line.split(" = ") for line in file.read_text().splitlines()[1:])
    root = (lines["aws_access_key_id"], lines["aws_secret_access_key"])
    assert root[0] == made["access_key_id"]
    assert root[1] not in json.dumps(made)
    assert garrison.client("sts", key=root).get_caller_identity()["Arn"].endswith(":root")
    assert [key["AccessKeyId"] for key in garrison.told("root", "list-keys")["keys"]] == [root[0]]
    assert root[0] in garrison.run("root", "list-keys").stdout
    assert garrison.told("root", "delete-key", root[0]) == {"deleted": [root[0]]}
    assert not file.exists()
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        garrison.client("sts", key=root).get_caller_identity()
    assert garrison.told("root", "delete-key") == {"deleted": []}
    assert "NoSuchEntity" in garrison.told("root", "delete-key", "AKIAIOSFODNN7EXAMPLE", code=1)["error"]
