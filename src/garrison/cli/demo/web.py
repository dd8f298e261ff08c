"""A shop on the web behind a web ACL: the real middleware in this process, and visitors, bots and attackers before it."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

from garrison.cli.demo.stage import Stage, document, trust
from garrison.cli.demo.traffic import Visit, environ_of, visits
from garrison.errors import OperatorError

WEB_ACL = "shop"
LOGS = "aws-waf-logs-shop"
_ROLE = "shop-firewall"
_FRAUD = ("198.51.100.64/28",)
_MANAGED = {
    "common": "AWSManagedRulesCommonRuleSet",
    "sql-injection": "AWSManagedRulesSQLiRuleSet",
    "known-bad-inputs": "AWSManagedRulesKnownBadInputsRuleSet",
}
_VISITS = 400
_SECONDS = 60.0


def web(stage: Stage) -> str:
    """Make the web ACL, and let them come."""
    protect(stage)
    with open_shop(stage) as visit:
        counts = Counter(visit(each) for each in visits(stage.random, _VISITS))
    blocked = counts.pop(403, 0) + counts.pop(429, 0)
    return f"{_VISITS} requests through the web ACL {WEB_ACL}: {sum(counts.values())} served, {blocked} blocked; logs, samples, metrics"


def protect(stage: Stage, groups: Iterable[str] = tuple(_MANAGED)) -> None:
    """The web ACL with its IP set, a log group for its log, and the role of who stands in front of the application."""
    scope = {"Scope": "REGIONAL"}
    asked = {"Name": "fraud", **scope, "IPAddressVersion": "IPV4", "Addresses": list(_FRAUD)}
    fraud = stage.call("wafv2", "CreateIPSet", **asked)["Summary"]
    stage.made.add("IP set", "fraud", ("demo", "DeleteWaf", {"what": "IPSet", "name": "fraud", "id": fraud["Id"]}))
    made = stage.call(
        "wafv2",
        "CreateWebACL",
        Name=WEB_ACL,
        **scope,
        Description="In front of the shop",
        DefaultAction={"Allow": {}},
        Rules=_rules(fraud["ARN"], groups),
        VisibilityConfig=_visible("shop"),
        CustomResponseBodies={"slow-down": {"ContentType": "TEXT_PLAIN", "Content": "Please come back later."}},
    )["Summary"]
    stage.made.add("web ACL", WEB_ACL, ("demo", "DeleteWaf", {"what": "WebACL", "name": WEB_ACL, "id": made["Id"]}))
    stage.notes["web_acl"] = made["ARN"]
    _log(stage, made["ARN"])
    trusted = trust(arns=[stage.call("sts", "GetCallerIdentity")["Arn"]])
    away = [
        ("iam", "DeleteRolePolicy", {"RoleName": _ROLE, "PolicyName": "firewall"}),
        ("iam", "DeleteRole", {"RoleName": _ROLE}),
    ]
    stage.make("role", _ROLE, ("iam", "CreateRole"), {"RoleName": _ROLE, "AssumeRolePolicyDocument": trusted}, *away)
    may = {"Action": ["garrison:GetWebAclBundle", "garrison:PutWafRecords"], "Resource": made["ARN"]}
    stage.call("iam", "PutRolePolicy", RoleName=_ROLE, PolicyName="firewall", PolicyDocument=document(may))


def _log(stage: Stage, web_acl: str) -> None:
    stage.make(
        "log group",
        LOGS,
        ("logs", "CreateLogGroup"),
        {"logGroupName": LOGS},
        ("wafv2", "DeleteLoggingConfiguration", {"ResourceArn": web_acl}),
        ("logs", "DeleteLogGroup", {"logGroupName": LOGS}),
    )
    destination = stage.arn("logs", f"log-group:{LOGS}")
    logging = {"ResourceArn": web_acl, "LogDestinationConfigs": [destination]}
    stage.call("wafv2", "PutLoggingConfiguration", LoggingConfiguration=logging)


def _rules(fraud: str, groups: Iterable[str]) -> list[dict[str, Any]]:
    own: list[dict[str, Any]] = [
        {
            "Name": "fraud",
            "Statement": {"IPSetReferenceStatement": {"ARN": fraud}},
            "Action": {"Block": {}},
        },
        {
            "Name": "sign-in-rate",
            "Statement": {
                "RateBasedStatement": {
                    "Limit": 30,
                    "EvaluationWindowSec": 60,
                    "AggregateKeyType": "IP",
                    "ScopeDownStatement": {
                        "ByteMatchStatement": {
                            "FieldToMatch": {"UriPath": {}},
                            "PositionalConstraint": "STARTS_WITH",
                            "SearchString": b"/signin",
                            "TextTransformations": [{"Priority": 0, "Type": "LOWERCASE"}],
                        }
                    },
                }
            },
            "Action": {"Block": {"CustomResponse": {"ResponseCode": 429, "CustomResponseBodyKey": "slow-down"}}},
        },
        {
            "Name": "programs",
            "Statement": {
                "RegexMatchStatement": {
                    "FieldToMatch": {"SingleHeader": {"Name": "user-agent"}},
                    "RegexString": "^(curl|python-requests|go-http-client)/",
                    "TextTransformations": [{"Priority": 0, "Type": "LOWERCASE"}],
                }
            },
            "Action": {"Count": {}},
            "RuleLabels": [{"Name": "shop:program"}],
        },
    ]
    for name in groups:
        statement = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": _MANAGED[name]}}
        own.append({"Name": name, "Statement": statement, "OverrideAction": {"None": {}}})
    return [rule | {"Priority": number, "VisibilityConfig": _visible(rule["Name"])} for number, rule in enumerate(own)]


def _visible(name: str) -> dict[str, Any]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}


@contextmanager
def open_shop(stage: Stage) -> Iterator[Callable[[Visit], int]]:
    """The shop behind the middleware: what is given takes a visit and tells the status of its answer."""
    from garrison.adapters.attached import attach
    from garrison.adapters.wsgi import Firewall

    settings = {"web_acl": stage.notes["web_acl"], "endpoint_url": stage.endpoint.url, "region": stage.region}
    with _as_firewall(stage), TemporaryDirectory() as state:
        parts = attach(settings | {"ca_bundle": stage.endpoint.ca_bundle, "state": state})
        try:
            _wait_for_rules(parts)
            app = Firewall(_shop, attached=parts)
            yield lambda visit: _status_of(app, visit)
        finally:
            parts.close()


def _wait_for_rules(parts: Any) -> None:
    end = time.monotonic() + _SECONDS
    while parts.follower.program is None:
        if time.monotonic() > end:
            raise OperatorError(f"The web ACL {WEB_ACL} did not reach the middleware.", "Look at garrison.log.")
        time.sleep(0.05)


def _shop(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The application: it answers everybody who is let through."""
    start_response("200 OK", [("content-type", "text/plain")])
    return [b"Welcome to the shop.\n"]


def _status_of(app: Any, visit: Visit) -> int:
    told: list[str] = []
    for _ in app(environ_of(visit), lambda status, headers, *more: told.append(status)):
        pass
    return int(told[0].split()[0])


@contextmanager
def _as_firewall(stage: Stage) -> Iterator[None]:
    """Give this process the credentials of the firewall's role, where the middleware looks for them."""
    arn = f"arn:aws:iam::{stage.account}:role/{_ROLE}"
    got = stage.call("sts", "AssumeRole", RoleArn=arn, RoleSessionName="web-1")["Credentials"]
    given = {
        "AWS_ACCESS_KEY_ID": got["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": got["SecretAccessKey"],
        "AWS_SESSION_TOKEN": got["SessionToken"],
    }
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
