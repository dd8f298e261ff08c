"""Subscriptions through boto3, with a real endpoint and a real command at their other end."""

from __future__ import annotations

import base64
import gzip
import json
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from garrison.testing import Account
from garrison.testing.plugin import _account
from tests.services.logs.conftest import Log, refusal
from tests.services.logs.test_background import eventually


class Endpoint:
    """An HTTP server that keeps what it takes, and refuses so many requests before."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.refusals = 0
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if endpoint.refusals:
                    endpoint.refusals -= 1
                    self.send_error(503)
                    return
                endpoint.bodies.append(body)
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.place = f"127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for body in self.bodies for event in opened(body)["logEvents"]]


def opened(body: bytes) -> dict[str, Any]:
    """The data of a payload in AWS's form."""
    data = json.loads(body)["awslogs"]["data"]
    return json.loads(gzip.decompress(base64.b64decode(data)))  # type: ignore[no-any-return]


@contextmanager
def folder_for_nobody() -> Iterator[Path]:
    """A folder that a command without any rights can write to."""
    folder = Path(tempfile.mkdtemp(prefix="garrison-command-"))
    folder.chmod(0o777)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    yield endpoint
    endpoint.server.shutdown()


@pytest.fixture(scope="module")
def command() -> Iterator[Path]:
    """A command that keeps its environment and input beside itself."""
    with folder_for_nobody() as folder:
        script = folder / "take"
        script.write_text(f"#!/bin/sh\nenv > {folder}/environment\ncat >> {folder}/input\necho >> {folder}/input\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR | stat.S_IXOTH | stat.S_IROTH)
        yield script


@pytest.fixture(scope="module")
def account(pytestconfig: pytest.Config, endpoint: Endpoint, command: Path) -> Iterator[Account]:
    settings = {"outgoing_hosts": (endpoint.place,), "log_commands": {"siem": (str(command),)}}
    with _account(pytestconfig, **settings) as account:
        yield account


def subscribe(log: Log, destination: str, pattern: str = "", name: str = "all") -> None:
    log.client.put_subscription_filter(
        logGroupName=log.group, filterName=name, filterPattern=pattern, destinationArn=destination
    )


def test_events_that_match_are_posted_in_aws_s_form(account: Account, endpoint: Endpoint) -> None:
    log = Log(account, "posted")
    log.put("ERROR before the subscription")
    endpoint.refusals = 2
    subscribe(log, f"http://{endpoint.place}/logs", "[level = ERROR, code, rest]")
    log.put("ERROR 1 one", "INFO 2 two", "ERROR 3 three and more")
    eventually(lambda: len(endpoint.events), lambda count: count == 2)
    data = opened(endpoint.bodies[-1])
    assert data | {"logEvents": []} == {
        "messageType": "DATA_MESSAGE",
        "owner": account.account_id,
        "logGroup": "posted",
        "logStream": "main",
        "subscriptionFilters": ["all"],
        "logEvents": [],
    }
    assert [event["message"] for event in data["logEvents"]] == ["ERROR 1 one", "ERROR 3 three and more"]
    assert data["logEvents"][1]["extractedFields"] == {"level": "ERROR", "code": "3", "rest": "three and more"}
    found = log.client.filter_log_events(logGroupName="posted", filterPattern="three")["events"]
    assert data["logEvents"][1]["id"] == found[0]["eventId"]


def test_a_command_gets_events_on_its_input_and_nothing_else(account: Account, command: Path) -> None:
    log = Log(account, "run")
    subscribe(log, f"arn:aws:lambda:us-east-1:{account.account_id}:function:siem", "?one ?two")
    log.put("one", "neither", "two; touch /tmp/never")
    kept = command.parent / "input"
    text = eventually(lambda: kept.read_text() if kept.exists() else "", lambda text: "\n" in text)
    assert [event["message"] for event in opened(text.splitlines()[0].encode())["logEvents"]] == [
        "one",
        "two; touch /tmp/never",
    ]
    environment = (command.parent / "environment").read_text()
    assert "GARRISON" not in environment
    assert "AWS" not in environment


def test_one_destination_that_fails_holds_up_no_other(account: Account, endpoint: Endpoint) -> None:
    log = Log(account, "both")
    subscribe(log, f"arn:aws:lambda:us-east-1:{account.account_id}:function:siem", "never", name="first")
    subscribe(log, f"http://{endpoint.place}/logs", name="second")
    with refusal("LimitExceededException"):
        subscribe(log, f"http://{endpoint.place}/logs", name="third")
    log.put("taken")
    eventually(lambda: [event["message"] for event in endpoint.events], lambda found: "taken" in found)


def test_subscriptions_are_listed_and_deleted(account: Account, endpoint: Endpoint) -> None:
    log = Log(account, "listed")
    subscribe(log, f"http://{endpoint.place}/logs", "ERROR")
    (shown,) = log.client.describe_subscription_filters(logGroupName="listed")["subscriptionFilters"]
    assert shown["destinationArn"] == f"http://{endpoint.place}/logs"
    assert (shown["filterPattern"], shown["distribution"]) == ("ERROR", "ByLogStream")
    log.client.delete_subscription_filter(logGroupName="listed", filterName="all")
    assert log.client.describe_subscription_filters(logGroupName="listed")["subscriptionFilters"] == []
    with refusal("ResourceNotFoundException"):
        log.client.delete_subscription_filter(logGroupName="listed", filterName="all")


@pytest.mark.parametrize(
    "destination",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://elsewhere.example.com/",
        "file:///etc/passwd",
        "arn:aws:lambda:us-east-1:123456789012:function:rm",
        "arn:aws:kinesis:us-east-1:123456789012:stream/one",
        "/bin/sh",
    ],
)
def test_what_the_operator_has_not_named_is_no_destination(account: Account, destination: str) -> None:
    log = Log(account, f"refused/{abs(hash(destination))}")
    with refusal("InvalidParameterException"):
        subscribe(log, destination)


def test_resource_policies_are_kept_and_listed(account: Account) -> None:
    logs = account.client("logs")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": "*",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    logs.put_resource_policy(policyName="delivery", policyDocument=document)
    (shown,) = logs.describe_resource_policies()["resourcePolicies"]
    assert (shown["policyName"], shown["policyDocument"]) == ("delivery", document)
    with refusal("InvalidParameterException"):
        logs.put_resource_policy(policyName="broken", policyDocument="{}")
    stranger = account.user("stranger")
    log = Log(account, "policed")
    with refusal("AccessDeniedException"):
        stranger.client("logs").create_log_stream(logGroupName="policed", logStreamName="s")
    statement["Principal"] = {"AWS": stranger.arn}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    logs.put_resource_policy(policyName="stranger", policyDocument=document)
    stranger.client("logs").create_log_stream(logGroupName="policed", logStreamName="s")
    logs.delete_resource_policy(policyName="stranger")
    with refusal("AccessDeniedException"):
        stranger.client("logs").create_log_stream(logGroupName="policed", logStreamName="t")
    assert log.messages() == []
