"""From a web ACL made by boto3 to an application's requests, and from its decisions back to samples, metrics and logs."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

from garrison.adapters.attached import attach
from garrison.adapters.wsgi import Firewall
from garrison.testing import Account
from tests.services.sns.receiving import eventually
from tests.services.wafv2.documents import byte_match, rule, web_acl

NAME = "shop"


def application(_environ: dict[str, Any], start: Any) -> list[bytes]:
    start("200 OK", [])
    return [b"fine"]


class Shop:
    """An application behind the firewall, which follows a web ACL of the account."""

    def __init__(self, account: Account, folder: Path) -> None:
        self.account, self.waf, self.own = account, account.client("wafv2"), account.client("garrison")
        rate = {
            "RateBasedStatement": {"Limit": 10, "AggregateKeyType": "IP", "ScopeDownStatement": byte_match(b"/slow")}
        }
        bad = byte_match(b"attack", FieldToMatch={"QueryString": {}})
        self.summary = self.waf.create_web_acl(**web_acl(NAME, rule("bad", bad), rule("rate", rate, 1)))["Summary"]
        settings = {"web_acl": NAME, "endpoint_url": account.endpoint, "region": account.region, "state": folder}
        self.parts = attach(settings)
        self.firewall = Firewall(application, attached=self.parts)

    def get(self, target: str, address: str = "192.0.2.1") -> str:
        """The status of the answer."""
        path, _, query = target.partition("?")
        environ: dict[str, Any] = {"PATH_INFO": path, "QUERY_STRING": query, "REMOTE_ADDR": address}
        setup_testing_defaults(environ)
        environ["wsgi.input"] = io.BytesIO()
        told: list[str] = []
        b"".join(self.firewall(environ, lambda status, _headers, _exc=None: told.append(status)))
        return told[0][:3]


@pytest.fixture(scope="module")
def shop(garrison_module: Account, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in garrison_module.administrator.environment().items():
            patch.setenv(name, value)
        made = Shop(garrison_module, tmp_path_factory.mktemp("state"))
        yield made
        made.parts.close()


def test_what_was_decided_is_found_again(shop: Shop) -> None:
    group = f"aws-waf-logs-{NAME}"
    logs = shop.account.client("logs")
    logs.create_log_group(logGroupName=group)
    destination = f"arn:aws:logs:us-east-1:{shop.account.account_id}:log-group:{group}"
    arn = shop.summary["ARN"]
    configuration = {"ResourceArn": arn, "LogDestinationConfigs": [destination]}
    shop.waf.put_logging_configuration(LoggingConfiguration=configuration)
    assert shop.get("/") == "200"
    eventually(lambda: shop.parts.follower.bundle is not None and shop.parts.follower.bundle.logging)

    assert shop.get("/?q=attack") == "403"
    assert shop.get("/?q=peace") == "200"
    statuses = [shop.get("/slow", "2001:db8::7") for _ in range(12)]
    assert statuses == ["200"] * 10 + ["403"] * 2

    now = shop.account.clock.now()
    window = {"StartTime": now - timedelta(minutes=5), "EndTime": now + timedelta(minutes=5)}

    def samples() -> list[dict[str, Any]]:
        asked = {"WebAclArn": arn, "Scope": "REGIONAL", "TimeWindow": window, "MaxItems": 10}
        return list(shop.waf.get_sampled_requests(**asked, RuleMetricName="bad")["SampledRequests"])

    (sample,) = eventually(samples)
    assert sample["Action"] == "BLOCK"
    assert sample["Request"]["URI"] == "/?q=attack"
    assert sample["Request"]["ClientIP"] == "192.0.2.1"

    named = {"Scope": "REGIONAL", "WebACLName": NAME, "WebACLId": shop.summary["Id"], "RuleName": "rate"}
    held = shop.waf.get_rate_based_statement_managed_keys(**named)
    assert held["ManagedKeysIPV6"]["Addresses"] == ["2001:db8::7/128"]

    def total(name: str, rule: str) -> float:
        dimensions = {"WebACL": NAME, "Region": "us-east-1", "Rule": rule}
        points = shop.account.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/WAFV2",
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            Period=600,
            Statistics=["Sum"],
            **window,
        )["Datapoints"]
        return float(sum(point["Sum"] for point in points))

    eventually(lambda: total("BlockedRequests", "ALL") == 3)
    assert total("BlockedRequests", "bad") == 1
    assert total("BlockedRequests", "rate") == 2
    assert total("AllowedRequests", "Default_Action") == 12

    def logged() -> list[dict[str, Any]]:
        found = logs.filter_log_events(logGroupName=group)["events"]
        return found if len(found) == 15 else []

    actions = [json.loads(event["message"])["action"] for event in eventually(logged)]
    assert sorted(actions) == ["ALLOW"] * 12 + ["BLOCK"] * 3


def test_a_change_is_in_force_within_seconds(shop: Shop) -> None:
    assert shop.get("/?q=other") == "200"
    named = {"Name": NAME, "Scope": "REGIONAL", "Id": shop.summary["Id"]}
    found = shop.waf.get_web_acl(**named)
    changed = byte_match(b"other", FieldToMatch={"QueryString": {}})
    shop.waf.update_web_acl(
        **named,
        LockToken=found["LockToken"],
        DefaultAction={"Allow": {}},
        VisibilityConfig=found["WebACL"]["VisibilityConfig"],
        Rules=[rule("bad", changed)],
    )
    eventually(lambda: shop.get("/?q=other") == "403", 5)
    assert shop.get("/?q=attack") == "200"
