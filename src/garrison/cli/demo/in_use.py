"""When an account counts as in use: it has anything that somebody made, beyond what every new account begins with.

A new account has its administrator, and what services make for themselves (service-linked roles, AWS managed keys).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from garrison.cli.demo.calls import Caller
from garrison.gateway.founding import ADMINISTRATOR

_MOST_NAMED = 5


class _Kind(NamedTuple):
    name: str
    service: str
    operation: str
    member: str
    call_it: str
    """The member that names one of it; empty where the list is of names."""
    more: dict[str, Any] = {}  # noqa: RUF012 - never changed
    counts: Callable[[Caller, dict[str, Any]], bool] = lambda caller, one: True


def _is_kept(caller: Caller, store: str) -> bool:
    """Whether an event data store is there to stay: a deleted one is listed for seven days more."""
    status = caller.call("cloudtrail", "GetEventDataStore", EventDataStore=store)["Status"]
    return bool(status != "PENDING_DELETION")


_KINDS = (
    _Kind("user", "iam", "ListUsers", "Users", "UserName", counts=lambda caller, one: one["UserName"] != ADMINISTRATOR),
    _Kind("group", "iam", "ListGroups", "Groups", "GroupName"),
    _Kind(
        "role",
        "iam",
        "ListRoles",
        "Roles",
        "RoleName",
        counts=lambda caller, one: "/aws-service-role/" not in one["Arn"],
    ),
    _Kind("policy", "iam", "ListPolicies", "Policies", "PolicyName", {"Scope": "Local"}),
    _Kind("bucket", "s3", "ListBuckets", "Buckets", "Name"),
    _Kind("trail", "cloudtrail", "ListTrails", "Trails", "Name"),
    _Kind(
        "event data store",
        "cloudtrail",
        "ListEventDataStores",
        "EventDataStores",
        "Name",
        counts=lambda caller, one: _is_kept(caller, one["EventDataStoreArn"]),
    ),
    _Kind("log group", "logs", "DescribeLogGroups", "logGroups", "logGroupName"),
    _Kind("alarm", "cloudwatch", "DescribeAlarms", "MetricAlarms", "AlarmName"),
    _Kind("topic", "sns", "ListTopics", "Topics", "TopicArn"),
    _Kind("recorder", "config", "DescribeConfigurationRecorders", "ConfigurationRecorders", "name"),
    _Kind("rule", "config", "DescribeConfigRules", "ConfigRules", "ConfigRuleName"),
    _Kind("web ACL", "wafv2", "ListWebACLs", "WebACLs", "Name", {"Scope": "REGIONAL"}),
    _Kind("web ACL", "wafv2", "ListWebACLs", "WebACLs", "Name", {"Scope": "CLOUDFRONT"}),
    _Kind("host", "garrison", "ListHosts", "Hosts", "Name", counts=lambda caller, one: one["Status"] != "REVOKED"),
    _Kind(
        "stack",
        "cloudformation",
        "DescribeStacks",
        "Stacks",
        "StackName",
        counts=lambda caller, one: one["StackStatus"] != "DELETE_COMPLETE",
    ),
)


def what_is_there(caller: Caller, known: frozenset[tuple[str, str]]) -> list[str]:
    """What shows that the account is in use, as `user alice`: the first few of each kind.

    `known` are things, by kind and name, that an earlier demo could not take away again.
    """
    shown: list[str] = []
    for kind in _KINDS:
        shown += _some(kind.name, [each for each in _named(caller, kind) if (kind.name, each) not in known])
    return [*shown, *_some("key", list(_keys(caller)))]


def _named(caller: Caller, kind: _Kind) -> Iterator[str]:
    for one in caller.pages(kind.service, kind.operation, kind.member, **kind.more):
        if kind.counts(caller, one):
            yield one[kind.call_it]


def _keys(caller: Caller) -> Iterator[str]:
    """Customers' keys that are not about to go."""
    for key in caller.pages("kms", "ListKeys", "Keys"):
        told = caller.call("kms", "DescribeKey", KeyId=key["KeyId"])["KeyMetadata"]
        if told["KeyManager"] == "CUSTOMER" and told["KeyState"] != "PendingDeletion":
            yield key["KeyId"]


def _some(kind: str, names: list[str]) -> Iterator[str]:
    yield from (f"{kind} {name}" for name in names[:_MOST_NAMED])
    if len(names) > _MOST_NAMED:
        yield f"{len(names) - _MOST_NAMED} more of kind {kind}"
