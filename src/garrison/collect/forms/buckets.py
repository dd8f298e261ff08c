"""What describes a bucket, in Config's form: that of AWS's SDK for Java.

The values come with names in lower camel case. Source: configuration items of `AWS::S3::Bucket`; AWS SDK for Java, package
com.amazonaws.services.s3.model.
"""

from __future__ import annotations

from typing import Any

from garrison import codec

_PERMISSIONS = {
    "FULL_CONTROL": "FullControl",
    "READ": "Read",
    "WRITE": "Write",
    "READ_ACP": "ReadAcp",
    "WRITE_ACP": "WriteAcp",
}
_NOTIFIED = {
    "topicConfigurations": ("topicArn", "topicARN", "TopicConfiguration"),
    "queueConfigurations": ("queueArn", "queueARN", "QueueConfiguration"),
    "lambdaFunctionConfigurations": ("lambdaFunctionArn", "functionARN", "LambdaConfiguration"),
}


def access_control_list(value: dict[str, Any]) -> str:
    """Grants, as JSON text: this part alone Config keeps so. A group's grantee is its name, as `AllUsers`."""
    grants = [
        {
            "grantee": _grantee(grant.get("grantee") or {}),
            "permission": _PERMISSIONS.get(grant.get("permission", ""), grant.get("permission")),
        }
        for grant in value.get("grants") or ()
    ]
    owner = value.get("owner") or {}
    made = {
        "grantSet": None,
        "grantList": grants,
        "owner": {"displayName": owner.get("displayName"), "id": owner.get("id")},
        "isRequesterCharged": False,
    }
    return codec.encode(made).decode()


def _grantee(grantee: dict[str, Any]) -> Any:
    uri = grantee.get("uri")
    if uri:
        return uri.rsplit("/", 1)[-1]
    return {"id": grantee.get("id"), "displayName": grantee.get("displayName")}


def versioning(value: dict[str, Any]) -> dict[str, Any]:
    """`Off` where versioning was never on."""
    deletion = value.get("mFADelete")
    return {
        "status": value.get("status", "Off"),
        "isMfaDeleteEnabled": None if deletion is None else deletion == "Enabled",
    }


def logging(value: dict[str, Any]) -> dict[str, Any]:
    """Where access logs go; None twice where they are off."""
    enabled = value.get("loggingEnabled") or {}
    return {"destinationBucketName": enabled.get("targetBucket"), "logFilePrefix": enabled.get("targetPrefix")}


def cors(value: dict[str, Any]) -> dict[str, Any]:
    """The rules."""
    rules = [
        {
            **{name: each for name, each in rule.items() if name != "exposeHeaders"},
            "exposedHeaders": rule.get("exposeHeaders"),
        }
        for rule in value.get("cORSRules") or ()
    ]
    return {"rules": rules}


def requester_pays(value: Any) -> bool:
    """Whether who asks pays."""
    return bool(value == "Requester")


def website(value: dict[str, Any]) -> dict[str, Any]:
    """Documents and routing."""
    redirect = value.get("redirectAllRequestsTo")
    return {
        "indexDocumentSuffix": (value.get("indexDocument") or {}).get("suffix"),
        "errorDocument": (value.get("errorDocument") or {}).get("key"),
        "redirectAllRequestsTo": redirect,
        "routingRules": value.get("routingRules") or [],
    }


def replication(value: dict[str, Any]) -> dict[str, Any]:
    """The role, and the rules by id."""
    rules = {}
    for number, rule in enumerate(value.get("rules") or ()):
        name = rule.get("id") or str(number)
        destination = rule.get("destination") or {}
        rules[name] = {
            "status": rule.get("status"),
            "priority": rule.get("priority"),
            "prefix": rule.get("prefix"),
            "filter": rule.get("filter"),
            "destinationConfig": {
                **{key: each for key, each in destination.items() if key != "bucket"},
                "bucketARN": destination.get("bucket"),
            },
        }
    return {"roleARN": value.get("role") or value.get("roleARN"), "rules": rules}


def notification(value: dict[str, Any]) -> dict[str, Any]:
    """Who is told of what, by the configuration's id."""
    configurations = {}
    for member, (api, name, kind) in _NOTIFIED.items():
        for number, each in enumerate(value.get(member) or ()):
            identity = each.get("id") or f"{member}-{number}"
            configurations[identity] = {
                name: each.get(api),
                "events": each.get("events") or [],
                "filter": each.get("filter"),
                "type": kind,
            }
    return {"configurations": configurations}


def lifecycle(value: dict[str, Any]) -> dict[str, Any]:
    """The rules, each with its expiration spread out."""
    return {"rules": [_lifecycle_rule(rule) for rule in value.get("rules") or ()]}


def _lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    expiration = rule.get("expiration") or {}
    noncurrent = rule.get("noncurrentVersionExpiration") or {}
    return {
        "id": rule.get("id"),
        "prefix": rule.get("prefix"),
        "status": rule.get("status"),
        "filter": {"predicate": _predicate(rule.get("filter") or {})} if "filter" in rule else None,
        "expirationInDays": expiration.get("days", -1),
        "expirationDate": expiration.get("date"),
        "expiredObjectDeleteMarker": expiration.get("expiredObjectDeleteMarker", False),
        "noncurrentVersionExpirationInDays": noncurrent.get("noncurrentDays", -1),
        "noncurrentVersionExpiration": noncurrent or None,
        "transitions": rule.get("transitions"),
        "noncurrentVersionTransitions": [
            {"days": each.get("noncurrentDays", each.get("days")), "storageClass": each.get("storageClass")}
            for each in rule.get("noncurrentVersionTransitions") or ()
        ]
        or None,
        "abortIncompleteMultipartUpload": rule.get("abortIncompleteMultipartUpload"),
    }


def _predicate(found: dict[str, Any]) -> dict[str, Any] | None:
    if "and" in found:
        both = found["and"]
        parts = [_predicate({"prefix": both["prefix"]})] if "prefix" in both else []
        parts += [_predicate({"tag": tag}) for tag in both.get("tags") or ()]
        return {"type": "LifecycleAndOperator", "operands": parts}
    if "tag" in found:
        return {"type": "LifecycleTagPredicate", "tag": found["tag"]}
    if "prefix" in found:
        return {"type": "LifecyclePrefixPredicate", "prefix": found["prefix"]}
    return None
