"""Where the upstream has a role for it, each caller goes on under a session of its own, named after it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from garrison.testing.plugin import _account

_SESSION = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIA{name}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>token-of-{name}</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
_VPCS = '<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r-1</requestId><vpcSet/></DescribeVpcsResponse>'


class Recording:
    """An upstream that keeps what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, str], dict[str, str]]] = []
        recording = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                flat = {name: values[0] for name, values in form.items()}
                recording.asked.append((flat, {name.lower(): value for name, value in self.headers.items()}))
                answer = _VPCS if flat["Action"] == "DescribeVpcs" else _SESSION.format(name=flat["SourceIdentity"])
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer.encode())

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def recording() -> Iterator[Recording]:
    made = Recording()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_each_caller_has_a_session_of_the_upstreams_role(
    recording: Recording, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    secret = tmp_path / "upstream"
    secret.write_text("[default]\naws_access_key_id = AKIAOWN\naws_secret_access_key = of-the-upstream\n")
    secret.chmod(0o600)
    role = "arn:aws:iam::111122223333:role/garrison"
    table = {
        "ec2": {"endpoint": recording.url, "credentials_file": str(secret), "role_arn": role, "region": "eu-west-1"}
    }
    with _account(pytestconfig, upstreams=table) as account:
        alice: Any = account.user("alice", ["AmazonEC2ReadOnlyAccess"]).client("ec2")
        alice.describe_vpcs()
        alice.describe_vpcs()
        account.client("ec2").describe_vpcs()
        [event] = account.events("DescribeVpcs", "alice")[:1]
        assert event["additionalEventData"]["upstreamRequestId"] == "r-1"
    (first, own), (_, session), (again, _), (second, _), (_, other) = recording.asked
    assert (first["Action"], first["RoleArn"], first["SourceIdentity"]) == ("AssumeRole", role, "alice")
    assert "Credential=AKIAOWN/" in own["authorization"]
    assert session["x-amz-security-token"] == "token-of-alice"
    assert "/eu-west-1/ec2/aws4_request" in session["authorization"]
    assert again["Action"] == "DescribeVpcs", "a session is kept as long as it holds"
    assert second["SourceIdentity"] == "administrator"
    assert other["x-amz-security-token"] == "token-of-administrator"
    assert not any(account.account_id in str(asked) for asked in recording.asked), (
        "nothing of the caller's own credential"
    )
