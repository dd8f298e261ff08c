"""Endpoints that refuse, throttle, break off or lie: what could not be seen is unknown, and the rest is collected."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from garrison.collect import Outcome, Seen

from .conftest import StandIn

DENIED = b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
UNAUTHORIZED = b"<Response><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors></Response>"
SLOW_DOWN = b"<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>"
VPC = b"<vpcSet><item><vpcId>vpc-%d</vpcId></item></vpcSet>"
Fault = Callable[[str, bytes], tuple[int, bytes] | None]


class Proxy(ThreadingHTTPServer):
    """Passes requests on, unless the fault answers them."""

    fault: Fault = staticmethod(lambda path, body: None)  # type: ignore[assignment]
    behind = ""


class _Handler(BaseHTTPRequestHandler):
    server: Proxy

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        made = self.server.fault(self.path, body)
        status, answer = made if made is not None else self._passed(body)
        self.send_response(status)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _passed(self, body: bytes) -> tuple[int, bytes]:
        kept = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "content-length")}
        asked = urllib.request.Request(
            self.server.behind + self.path, data=body or None, headers=kept, method=self.command
        )
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    do_GET = do_POST = do_PUT = do_HEAD = _answer

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def faulty(stand_in: StandIn) -> Iterator[tuple[StandIn, Proxy]]:
    """The account behind a proxy."""
    with Proxy(("127.0.0.1", 0), _Handler) as proxy:
        proxy.behind = stand_in.url
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        seen = StandIn(f"http://127.0.0.1:{proxy.server_port}")
        yield seen, proxy
        proxy.shutdown()


def reasons(outcomes: list[Outcome]) -> dict[str, str]:
    return {one.resource_type: one.reason for one in outcomes if one.seen is Seen.UNKNOWN}


def test_a_denied_part_and_a_denied_type_are_unknown_and_not_absent(
    stand_in: StandIn, faulty: tuple[StandIn, Proxy]
) -> None:
    stand_in.client("s3").create_bucket(Bucket="ours")
    seen, proxy = faulty
    proxy.fault = lambda path, body: (
        (403, DENIED) if path.endswith("?policy") else (403, UNAUTHORIZED) if b"DescribeVolumes" in body else None
    )
    items, outcomes, _ = seen.collected("AWS::S3::Bucket", "AWS::EC2::Volume", "AWS::EC2::VPC")
    assert reasons(outcomes) == {"AWS::EC2::Volume": "AccessDenied"}
    (bucket,) = [item for item in items if item.resource_type == "AWS::S3::Bucket"]
    assert bucket.unknown == ("BucketPolicy: AccessDenied",)
    assert "BucketPolicy" not in bucket.supplementary and "BucketVersioningConfiguration" in bucket.supplementary


def test_what_is_throttled_is_asked_again_and_every_attempt_is_counted(faulty: tuple[StandIn, Proxy]) -> None:
    seen, proxy = faulty
    refused: list[int] = []

    def throttle(path: str, body: bytes) -> tuple[int, bytes] | None:
        if b"DescribeVpcs" in body and len(refused) < 1:
            refused.append(1)
            return 503, SLOW_DOWN
        return None

    proxy.fault = throttle
    items, outcomes, requests = seen.collected("AWS::EC2::VPC", targets=[replace(seen.target, attempts=3)])
    assert reasons(outcomes) == {} and len(items) == 1
    assert requests == 3


@pytest.mark.parametrize(
    "answer", [b"<html>", b"\x00\xff", b"", b"<DescribeVpcsResponse><vpcSet><item/></vpcSet></DescribeVpcsResponse>"]
)
def test_answers_that_make_no_sense_leave_the_rest(faulty: tuple[StandIn, Proxy], answer: bytes) -> None:
    seen, proxy = faulty
    proxy.fault = lambda path, body: (200, answer) if b"DescribeVpcs" in body else None
    items, outcomes, _ = seen.collected("AWS::EC2::VPC", "AWS::EC2::Subnet")
    assert {item.resource_type for item in items} >= {"AWS::EC2::Subnet"}
    assert answer == b"" or "AWS::EC2::VPC" in reasons(outcomes)


def test_pages_without_end_stop_and_pages_that_break_off_keep_what_was_seen(faulty: tuple[StandIn, Proxy]) -> None:
    seen, proxy = faulty

    def endless(path: str, body: bytes) -> tuple[int, bytes] | None:
        if b"DescribeVpcs" not in body:
            return None
        page = b"<DescribeVpcsResponse>" + VPC % 1 + b"<nextToken>same</nextToken></DescribeVpcsResponse>"
        return 200, page

    proxy.fault = endless
    items, outcomes, requests = seen.collected("AWS::EC2::VPC", most_requests=50)
    assert reasons(outcomes) == {"AWS::EC2::VPC": "PaginationError"}
    assert requests < 10

    def broken(path: str, body: bytes) -> tuple[int, bytes] | None:
        if b"DescribeVpcs" in body and b"NextToken" in body:
            return 403, UNAUTHORIZED
        return endless(path, body)

    proxy.fault = broken
    items, outcomes, _ = seen.collected("AWS::EC2::VPC")
    assert [item.resource_id for item in items] == ["vpc-1"]
    assert reasons(outcomes) == {"AWS::EC2::VPC": "AccessDenied"}
