"""Starting, watching and stopping: ready means a signed call succeeded, and no process outlives its supervisor."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from garrison.journal import Journal

PATIENCE_SECONDS = 180


def wait_until(holds: Callable[[], Any]) -> Any:
    """What `holds` gives once it is true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := holds()):
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)
    return found


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that nobody has waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        return False


def server_file(garrison: Any) -> dict[str, Any]:
    """What the server says of itself."""
    try:
        found: dict[str, Any] = json.loads((garrison.home / "run" / "server.json").read_text())
        return found
    except FileNotFoundError:
        return {"endpoint": None, "processes": {}}


def half_a_call(garrison: Any, endpoint: str) -> tuple[socket.socket, bytes]:
    """A connection on which a signed GetCallerIdentity has begun, and the last bytes that it lacks."""
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    request = AWSRequest("POST", f"{endpoint}/", headers=headers, data=body)
    SigV4Auth(Credentials(*garrison.credentials()), "sts", "us-east-1").add_auth(request)
    place = urlsplit(endpoint)
    lines = ["POST / HTTP/1.1", f"Host: {place.netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    connection = socket.create_connection((place.hostname, place.port), timeout=30)
    connection.sendall("\r\n".join([*lines, "", ""]).encode() + body[:20])
    time.sleep(0.2)  # so that it has arrived
    return connection, body[20:]


def test_up_in_the_foreground_prints_lines_that_can_be_pasted_and_ends_cleanly_on_ctrl_c(installations: Any) -> None:
    garrison = installations("a home with 'quotes' and spaces")
    process = garrison.start("up", "--port", "0")
    wait_until(lambda: server_file(garrison)["endpoint"])
    pasted: list[str] = []
    for line in process.stdout:
        if line.startswith(("  export ", "  aws ")):
            pasted.append(line.strip())
        if "Transport" in line or "loopback only" in line:
            break
    exports = [line for line in pasted if line.startswith("export")]
    calls = [line for line in pasted if line.startswith("aws")]
    assert [line[: line.index("=")] for line in exports if "PATH=" not in line] == [
        "export AWS_SHARED_CREDENTIALS_FILE",
        "export AWS_CONFIG_FILE",
        "export GARRISON_HOME",
    ]
    assert calls == ["aws --profile garrison sts get-caller-identity"]
    script = "\n".join(["set -e", *exports, *calls, f"{shlex.quote(sys.executable)} -m garrison status --json"])
    path = f"{Path(sys.executable).parent}:{garrison.environment['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        env=garrison.environment | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "user/administrator" in done.stdout
    assert '"running":true' in done.stdout
    pids = server_file(garrison)["processes"].values()
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_SECONDS) == 0
    assert not any(is_alive(pid) for pid in pids)
    assert "Traceback" not in process.stderr.read()


def test_up_again_continues_with_the_same_account(garrison: Any) -> None:
    first = garrison.up()
    account = garrison.client("sts").get_caller_identity()["Account"]
    assert garrison.told("up", "--detach")["endpoint"] == first["endpoint"], "a second up shows the first"
    assert "already runs" in garrison.told("up", "--port", "0", code=1)["error"]
    assert garrison.told("down")["stopped"] is True
    garrison.up()
    assert garrison.client("sts").get_caller_identity()["Account"] == account
    for name in ("credentials", "config", "root.key", "garrison.toml", "garrison.log", "store.db"):
        assert stat.S_IMODE((garrison.home / name).stat().st_mode) == 0o600, name
    assert stat.S_IMODE(garrison.home.stat().st_mode) == 0o700


def test_a_call_under_way_is_answered_when_the_server_stops(garrison: Any) -> None:
    running = garrison.up()
    wait_until(lambda: list((garrison.home / "journal").glob("*.journal")))  # the background process is loaded
    connection, rest = half_a_call(garrison, running["endpoint"])
    stopping = garrison.start("down", "--json")
    wait_until(lambda: not can_connect(running["endpoint"]))
    connection.sendall(rest)
    assert b"user/administrator</Arn>" in read_all(connection)
    connection.close()
    assert stopping.wait(PATIENCE_SECONDS) == 0
    recorded = [json.loads(entry.payload) for entry in Journal(garrison.home / "journal").read()]
    calls = [event for event in recorded if event["eventName"] == "GetCallerIdentity"]
    assert len(calls) == 2, "that of `up` and this one, in the journal before the server was gone"


def can_connect(endpoint: str) -> bool:
    place = urlsplit(endpoint)
    try:
        socket.create_connection((place.hostname, place.port), timeout=5).close()
    except OSError:
        return False
    return True


def read_all(connection: socket.socket) -> bytes:
    found = b""
    while data := connection.recv(65536):
        found += data
    return found


def lookup(garrison: Any, name: str) -> list[dict[str, Any]]:
    """The recorded events of an operation."""
    attributes = [{"AttributeKey": "EventName", "AttributeValue": name}]
    found: list[dict[str, Any]] = garrison.client("cloudtrail").lookup_events(LookupAttributes=attributes)["Events"]
    return found


def test_a_second_signal_ends_the_server_at_once(garrison: Any) -> None:
    running = garrison.up(environment={"GARRISON_STOP_TIMEOUT_SECONDS": "600"})
    pids = server_file(garrison)["processes"].values()
    connection, _ = half_a_call(garrison, running["endpoint"])
    os.kill(running["supervisor"], signal.SIGTERM)
    wait_until(lambda: not can_connect(running["endpoint"]))
    os.kill(running["supervisor"], signal.SIGTERM)
    wait_until(lambda: not is_alive(running["supervisor"]))
    connection.close()
    assert not any(is_alive(pid) for pid in pids)
    assert "stopped_at_once" in (garrison.home / "garrison.log").read_text()


def test_down_also_ends_a_server_that_is_only_starting(garrison: Any) -> None:
    garrison.found()
    process = garrison.start("up", "--port", "0")
    wait_until(lambda: server_file(garrison).get("supervisor"))
    assert garrison.run("down").returncode == 0
    assert process.wait(PATIENCE_SECONDS) == 0
    assert garrison.run("down").returncode == 3


def test_a_killed_process_is_started_again_and_nobody_is_refused(garrison: Any) -> None:
    garrison.up()
    sts = garrison.client("sts")
    for name in ("gateway", "background"):
        killed = server_file(garrison)["processes"][name]
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda name=name, killed=killed: server_file(garrison)["processes"][name] != killed)
        assert sts.get_caller_identity()["Account"]
    assert garrison.told("status")["restarts"] == {"gateway": 1, "background": 1}
    garrison.client("iam").create_user(UserName="alice")
    assert wait_until(lambda: lookup(garrison, "CreateUser"))


def test_no_process_outlives_a_killed_supervisor_or_may_dump_its_memory(garrison: Any) -> None:
    running = garrison.up("--workers", "2")
    pids = [*server_file(garrison)["processes"].values(), *map(int, garrison.told("status")["resident_bytes"])]
    for pid in (*pids, running["supervisor"]):
        limits = Path(f"/proc/{pid}/limits").read_text()
        assert next(line for line in limits.splitlines() if "core file" in line).split()[-3:-1] == ["0", "0"]
    os.kill(running["supervisor"], signal.SIGKILL)
    wait_until(lambda: not any(is_alive(pid) for pid in pids))
    assert garrison.told("status", code=3)["running"] is False
    garrison.up()


def test_an_ephemeral_server_leaves_nothing_behind(installations: Any, tmp_path: Path) -> None:
    environment = installations("unused").environment | {"TMPDIR": str(tmp_path)}
    for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
        process = subprocess.Popen(
            [sys.executable, "-m", "garrison", "up", "--ephemeral", "--port", "0", "--json"],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        home = Path(told["home"])
        assert home.parent == tmp_path
        pids = json.loads((home / "run" / "server.json").read_text())["processes"].values()
        process.send_signal(ending)
        assert process.wait(PATIENCE_SECONDS) == (0 if ending != signal.SIGKILL else -signal.SIGKILL)
        process.stdout.close()
        wait_until(lambda pids=pids: not any(is_alive(pid) for pid in pids))
        wait_until(lambda home=home: not home.exists())
    assert not list(tmp_path.glob("garrison-*"))


def test_a_start_that_fails_removes_its_throw_away_home(garrison: Any, tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "garrison", "up", "--ephemeral", "--bind", "0.0.0.0", "--json"],
        env=garrison.environment | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1
    assert "in clear" in json.loads(said.stdout)["error"]
    assert not list(tmp_path.glob("garrison-*"))


def test_an_account_to_keep_is_never_taken_for_a_throw_away_one(garrison: Any) -> None:
    garrison.found()
    assert "to keep" in garrison.told("up", "--ephemeral", "--port", "0", code=1)["error"]
    assert (garrison.home / "VERSION").exists()
    assert "--ephemeral" in garrison.told("up", "--settable-clock", code=1)["remedy"]


def test_a_port_in_use_is_one_cause_with_a_remedy(garrison: Any) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        # A throw-away home is gone after it, with the log that says why.
        for options in (["--detach", "--ephemeral"], ["--detach"]):
            assert not garrison.home.exists()
            said = garrison.told("up", "--port", port, *options, code=1)
            assert f"Port {port}" in said["error"]
            assert "--port" in said["remedy"]


def test_with_several_workers_a_change_of_policy_holds_for_all_at_once(garrison: Any) -> None:
    garrison.up("--workers", "3")
    iam = garrison.client("iam")
    iam.create_user(UserName="bob")
    made = iam.create_access_key(UserName="bob")["AccessKey"]
    key = (made["AccessKeyId"], made["SecretAccessKey"])
    policy = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    # Each client has a connection of its own, and the kernel spreads connections over the workers.
    clients = [garrison.client("iam", key=key) for _ in range(6)]
    for _ in range(5):
        iam.put_user_policy(UserName="bob", PolicyName="all", PolicyDocument=policy)
        assert all(client.list_users()["Users"] for client in clients)
        iam.delete_user_policy(UserName="bob", PolicyName="all")
        for client in clients:
            with pytest.raises(ClientError, match="AccessDenied"):
                client.list_users()
    assert len(garrison.told("status")["resident_bytes"]) == 2 + 3


def test_the_log_is_one_json_object_a_line_with_request_ids_and_without_secrets(garrison: Any) -> None:
    running = garrison.up(environment={"GARRISON_LOG_LEVEL": "debug"})
    secret = garrison.credentials()[1]
    made = garrison.client("iam").create_user(UserName="carol")
    key = garrison.client("iam").create_access_key(UserName="carol")["AccessKey"]["SecretAccessKey"]
    os.kill(server_file(garrison)["processes"]["gateway"], signal.SIGKILL)
    wait_until(lambda: garrison.told("status")["restarts"]["gateway"] == 1)
    wait_until(lambda: can_connect(running["endpoint"]))
    garrison.down()
    text = (garrison.home / "garrison.log").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    events = {line["event"] for line in lines if "event" in line}
    assert "process_ended" in events
    assert all({"timestamp", "level", "logger", "process"} <= line.keys() for line in lines if "event" in line)
    assert made
    for hidden in (secret, key, (garrison.home / "root.key").read_text().strip()):
        assert hidden not in text


def test_the_home_of_someone_else_is_refused(garrison: Any) -> None:
    garrison.found()
    garrison.home.chmod(0o755)
    said = garrison.told("up", "--port", "0", code=1)
    assert "can be read by others" in said["error"]
    assert "chmod 700" in said["remedy"]
    assert garrison.told("up", "--port", "0", "--detach", code=1)["error"] == said["error"]


def test_a_folder_that_is_no_home_is_left_alone(garrison: Any) -> None:
    garrison.home.mkdir()
    (garrison.home / "letter.txt").write_text("mine")
    for arguments in (["up", "--port", "0"], ["up", "--port", "0", "--detach"]):
        assert "not a Garrison home" in garrison.told(*arguments, code=1)["error"]
    assert (garrison.home / "letter.txt").read_text() == "mine"


@pytest.mark.parametrize("options", [[], ["--detach"]])
def test_what_keeps_a_process_from_starting_is_named(garrison: Any, options: list[str]) -> None:
    garrison.found()
    (garrison.home / "recent.db").write_bytes(b"nonsense" * 1000)
    said = garrison.told("up", "--port", "0", *options, code=1)
    assert "index of recent events" in said["error"]
    assert "Delete it" in said["remedy"]
    (garrison.home / "recent.db").unlink()
    key = garrison.home / "root.key"
    key.rename(garrison.home / "elsewhere")
    assert "root key" in garrison.told("up", "--port", "0", *options, code=1)["error"]
    (garrison.home / "elsewhere").rename(key)
    garrison.up()
    assert garrison.client("sts").get_caller_identity()["Account"]
