"""How long the wire layer takes for a message, beside botocore's own serializer and parser for the same message."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from botocore.awsrequest import HeadersDict
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.utils import percent_encode_sequence

from garrison.wire import HttpRequest, load_service, route
from garrison.wire.model import read_model

FORM = [("content-type", "application/x-www-form-urlencoded; charset=utf-8"), ("host", "127.0.0.1:4600")]
USER = {"Path": "/", "UserName": "u", "UserId": "AIDA", "Arn": "arn:aws:iam::1:user/u", "CreateDate": datetime.now(UTC)}
USERS = {"Users": [USER] * 5, "IsTruncated": False}
IDENTITY = HttpRequest("POST", "/", "", FORM, b"Action=GetCallerIdentity&Version=2011-06-15")
TRAIL = {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "RunInstances"}], "MaxResults": 10}


def microseconds(call: Callable[[], Any], rounds: int = 5_000) -> float:
    """The best of three series, for each call."""
    call()
    series = []
    for _ in range(3):
        started = time.perf_counter()
        for _ in range(rounds):
            call()
        series.append((time.perf_counter() - started) / rounds * 1e6)
    return min(series)


def main() -> None:
    """Print each message's time, its peer's, and the ratio."""
    iam, sts, trail = load_service("iam"), load_service("sts"), load_service("cloudtrail")
    models = {name: ServiceModel(read_model(name), name) for name in ("iam", "sts", "cloudtrail")}
    names = frozenset(["iam", "sts", "cloudtrail", "s3", "kms", "logs"])
    lookup, users = trail.operation("LookupEvents"), iam.operation("ListUsers")
    asked = create_serializer("json").serialize_to_request(TRAIL, models["cloudtrail"].operation_model("LookupEvents"))
    received = HttpRequest("POST", "/", "", [], asked["body"])
    answer = users.serialize(USERS, "r")
    parsed = {"status_code": 200, "headers": HeadersDict(dict(answer.headers)), "body": answer.body}
    query, json_ = create_serializer("query"), create_serializer("json")
    parser, output = create_parser("query"), models["iam"].operation_model("ListUsers").output_shape
    identity = models["sts"].operation_model("GetCallerIdentity")
    rows = [
        (
            "route and parse GetCallerIdentity",
            lambda: route(IDENTITY, "sts", names)[0].operation("GetCallerIdentity").parse(IDENTITY),
            lambda: percent_encode_sequence(query.serialize_to_request({}, identity)["body"]),
        ),
        (
            "parse and validate LookupEvents",
            lambda: lookup.parse(received),
            lambda: json_.serialize_to_request(TRAIL, models["cloudtrail"].operation_model("LookupEvents")),
        ),
        (
            "serialise ListUsers of 5 users",
            lambda: users.serialize(USERS, "r"),
            lambda: parser.parse(parsed, output),
        ),
    ]
    assert sts.has_operation("GetCallerIdentity")
    for name, ours, peer in rows:
        mine, theirs = microseconds(ours), microseconds(peer)
        print(f"{name:36} {mine:8.1f} µs   botocore's twin {theirs:8.1f} µs   ratio {theirs / mine:5.1f}")


if __name__ == "__main__":
    main()
