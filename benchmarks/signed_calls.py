"""Signed GetCallerIdentity and ListUsers a second, one worker each, beside MiniStack and moto_server in the same run.

Garrison verifies, decides, and makes each call's audit record durable (fsync mode as set by default) before it answers.
MiniStack (`AUTH=true`) verifies and decides, and records nothing durable. moto_server does none of the three.
The client is Debian's `wrk` with one signed request each; the servers take turns, three rounds, medians are compared.

    python benchmarks/signed_calls.py [--seconds 4] [--rounds 3] [--fsync always|interval|never]
"""

from __future__ import annotations

import argparse
import configparser
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

CONNECTIONS = 64
USERS = 5
CALLS = {
    "GetCallerIdentity": ("sts", "Action=GetCallerIdentity&Version=2011-06-15"),
    "ListUsers": ("iam", "Action=ListUsers&Version=2010-05-08"),
}
TARGETS = {"MiniStack": 2.5, "moto_server": 12.0}
"""The least ratio to each peer that the project asks of itself."""


@dataclass
class Server:
    """A running server and how to call it."""

    name: str
    endpoint: str
    credentials: Credentials
    process: subprocess.Popen[bytes] | None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"no server on port {port}")


def start_garrison(home: Path, fsync: str) -> Server:
    port = free_port()
    environment = dict(os.environ) | {"GARRISON_FSYNC": fsync, "GARRISON_HOME": str(home)}
    subprocess.run(
        [sys.executable, "-m", "garrison", "up", "--port", str(port), "--detach", "--json"],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    file = configparser.ConfigParser(interpolation=None)
    file.read(home / "credentials")
    keys = file["garrison"]
    credentials = Credentials(keys["aws_access_key_id"], keys["aws_secret_access_key"])
    return Server("Garrison", f"http://127.0.0.1:{port}", credentials, None)


def start_peer(name: str, command: list[str], environment: dict[str, str], port: int) -> Server:
    process = subprocess.Popen(
        command, env=dict(os.environ) | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_for(port)
    return Server(name, f"http://127.0.0.1:{port}", Credentials("test", "test"), process)


def signed(server: Server, service: str, body: str, target: str = "") -> AWSRequest:
    """A request in the query protocol; with a target (`TrentService.Encrypt`) in the JSON protocol."""
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    if target:
        headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": target}
    request = AWSRequest("POST", f"{server.endpoint}/", data=body, headers=headers)
    SigV4Auth(server.credentials, service, "us-east-1").add_auth(request)
    return request


def call(server: Server, service: str, body: str, target: str = "") -> bytes:
    import urllib.request

    request = signed(server, service, body, target)
    plain = urllib.request.Request(request.url, data=body.encode(), headers=dict(request.headers))
    answer: bytes = urllib.request.urlopen(plain, timeout=30).read()
    return answer


def become_a_user(server: Server, *more_actions: str) -> None:
    """Go on as an IAM user with one policy: MiniStack neither verifies nor decides the calls of its root key."""
    import xml.etree.ElementTree as ElementTree
    from urllib.parse import quote

    allowed = {"Effect": "Allow", "Action": ["iam:*", "sts:*", *more_actions], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    call(server, "iam", "Action=CreateUser&UserName=bench&Version=2010-05-08")
    call(
        server,
        "iam",
        f"Action=PutUserPolicy&UserName=bench&PolicyName=all&PolicyDocument={quote(policy)}&Version=2010-05-08",
    )
    made = ElementTree.fromstring(call(server, "iam", "Action=CreateAccessKey&UserName=bench&Version=2010-05-08"))
    found = {element.tag.rpartition("}")[2]: element.text for element in made.iter()}
    server.credentials = Credentials(found["AccessKeyId"], found["SecretAccessKey"])


def wrk(server: Server, service: str, body: str, seconds: int, folder: Path, target: str = "") -> float:
    request = signed(server, service, body, target)
    script = folder / "request.lua"
    headers = "\n".join(f'wrk.headers["{name}"] = {value!r}' for name, value in request.headers.items())
    script.write_text(f'wrk.method = "POST"\nwrk.body = {body!r}\n{headers}\n')
    result = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), f"{server.endpoint}/"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in result:
        sys.exit(f"{server.name} refused calls:\n{result}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", result)[1])  # type: ignore[index]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--fsync", default="always")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: apt-get install wrk")
    scripts = Path(sys.executable).parent
    folder = Path(tempfile.mkdtemp(prefix="garrison-bench-"))
    ministack_port, moto_port = free_port(), free_port()
    servers = [
        start_garrison(folder / "home", options.fsync),
        start_peer(
            "MiniStack",
            [str(scripts / "ministack")],
            {"GATEWAY_PORT": str(ministack_port), "AUTH": "true"},
            ministack_port,
        ),
        start_peer("moto_server", [str(scripts / "moto_server"), "-p", str(moto_port)], {}, moto_port),
    ]
    try:
        for server in servers:
            for number in range(USERS - (server.name == "Garrison")):  # which has an administrator already
                call(server, "iam", f"Action=CreateUser&UserName=user{number}&Version=2010-05-08")
            become_a_user(server)
        print(f"wrk, {CONNECTIONS} connections, one worker each; Garrison's fsync mode: {options.fsync}")
        for name, (service, body) in CALLS.items():
            rates: dict[str, list[float]] = {server.name: [] for server in servers}
            for _ in range(options.rounds):
                for server in servers:
                    rates[server.name].append(wrk(server, service, body, options.seconds, folder))
            median = {server: statistics.median(found) for server, found in rates.items()}
            print(f"{name}: " + ", ".join(f"{server} {rate:,.0f}/s" for server, rate in median.items()))
            for peer, target in TARGETS.items():
                print(f"  {median['Garrison'] / median[peer]:.1f} times {peer} (asked: {target})")
    finally:
        subprocess.run(
            [sys.executable, "-m", "garrison", "down", "--home", str(folder / "home"), "--json"],
            stdout=subprocess.DEVNULL,
            check=False,
        )
        for server in servers:
            if server.process:
                server.process.send_signal(signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
