"""Lifecycle rules of buckets: objects that expire, versions and delete markers that go, uploads that are given up.

Source: S3 API Reference, "PutBucketLifecycleConfiguration"; S3 User Guide, "Lifecycle configuration elements".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.s3.declaring import bucket_operation
from garrison.services.s3.expiry import terms
from garrison.services.s3.failures import invalid_argument, invalid_request, malformed_xml, not_implemented
from garrison.services.s3.finding import find_bucket
from garrison.services.s3.tags import MOST_OF_OBJECT, checked_tags

if TYPE_CHECKING:
    from garrison.services.call import Call

MOST_RULES = 1000
LONGEST_ID = 255
MOST_NEWER_VERSIONS = 100
"""("Lifecycle configuration elements", "ID element", "NewerNoncurrentVersions")."""
DEFAULT_MINIMUM = "all_storage_classes_128K"
_ACTIONS = ("Expiration", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload")
_FILTERS = ("Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan", "And")


@bucket_operation("PutBucketLifecycleConfiguration", "PutLifecycleConfiguration", event_name="PutBucketLifecycle")
def put_bucket_lifecycle_configuration(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The bucket has these rules and no others; they act from the next round on, also on what is there already."""
    bucket = find_bucket(call, request)
    minimum = request.get("TransitionDefaultMinimumObjectSize", DEFAULT_MINIMUM)
    given = (request.get("LifecycleConfiguration") or {}).get("Rules") or []
    if not 1 <= len(given) <= MOST_RULES:
        raise malformed_xml()
    rules = [_checked(rule) for rule in given]
    if len({rule["ID"] for rule in rules}) < len(rules):
        raise invalid_argument("Rule ID must be unique. Found same ID for more than one rule", "ID", "")
    call.unit.save(replace(bucket, lifecycle=rules, lifecycle_minimum=minimum))
    return {"TransitionDefaultMinimumObjectSize": minimum}


@bucket_operation("GetBucketLifecycleConfiguration", "GetLifecycleConfiguration", event_name="GetBucketLifecycle")
def get_bucket_lifecycle_configuration(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The bucket's rules; NoSuchLifecycleConfiguration where it has none."""
    bucket = find_bucket(call, request)
    if bucket.lifecycle is None:
        raise ApiError(
            "NoSuchLifecycleConfiguration",
            "The lifecycle configuration does not exist",
            status=404,
            members={"BucketName": bucket.name},
        )
    return {
        "Rules": [_shown(rule) for rule in bucket.lifecycle],
        "TransitionDefaultMinimumObjectSize": bucket.lifecycle_minimum or DEFAULT_MINIMUM,
    }


@bucket_operation("DeleteBucketLifecycle", "PutLifecycleConfiguration")
def delete_bucket_lifecycle(call: Call, request: Mapping[str, Any]) -> None:
    """The bucket has no rules: nothing of it expires."""
    call.unit.save(replace(find_bucket(call, request), lifecycle=None, lifecycle_minimum=""))


def _shown(rule: Mapping[str, Any]) -> dict[str, Any]:
    expiration = rule.get("Expiration") or {}
    if "Date" not in expiration:
        return dict(rule)
    return dict(rule) | {"Expiration": expiration | {"Date": datetime.fromisoformat(expiration["Date"])}}


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as it is kept: with an id, and its filter under `Filter`."""
    rule = dict(given)
    if rule.get("Transitions") or rule.get("NoncurrentVersionTransitions"):
        raise not_implemented("transitions between storage classes")
    rule_id = rule.get("ID") or str(uuid4())
    if len(rule_id) > LONGEST_ID:
        raise invalid_argument(f"ID length should not exceed allowed limit of {LONGEST_ID}", "ID", rule_id)
    if rule.get("Status") not in ("Enabled", "Disabled"):
        raise malformed_xml()
    if "Prefix" in rule and "Filter" in rule:
        raise malformed_xml()
    chosen = _checked_filter(rule.pop("Filter", None) or {"Prefix": rule.pop("Prefix", "")})
    if not any(rule.get(action) for action in _ACTIONS):
        raise invalid_request("At least one action needs to be specified in a rule")
    made = rule | {"ID": rule_id, "Filter": chosen}
    if "Expiration" in rule:
        made["Expiration"] = _checked_expiration(rule["Expiration"], chosen)
    if "NoncurrentVersionExpiration" in rule:
        _check_noncurrent(rule["NoncurrentVersionExpiration"])
    if "AbortIncompleteMultipartUpload" in rule:
        _check_abort(rule["AbortIncompleteMultipartUpload"], chosen)
    return made


def _checked_filter(chosen: Mapping[str, Any]) -> dict[str, Any]:
    if sum(name in chosen for name in _FILTERS) > 1:
        raise malformed_xml()
    every = chosen.get("And")
    if every is not None and len(every.get("Tags") or ()) + sum(name != "Tags" for name in every) < 2:
        raise malformed_xml()
    wanted = terms(chosen)
    checked_tags(wanted.tags, MOST_OF_OBJECT)
    if wanted.more_than is not None and wanted.less_than is not None and wanted.more_than >= wanted.less_than:
        raise invalid_request("'ObjectSizeGreaterThan' has to be a value less than 'ObjectSizeLessThan'")
    return dict(chosen) or {"Prefix": ""}


def _checked_expiration(expiration: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
    if sum(name in expiration for name in ("Days", "Date", "ExpiredObjectDeleteMarker")) != 1:
        raise malformed_xml()
    if "Days" in expiration and expiration["Days"] < 1:
        raise invalid_argument(
            "'Days' for Expiration action must be a positive integer", "Days", str(expiration["Days"])
        )
    if expiration.get("ExpiredObjectDeleteMarker") is not None and terms(chosen).tags:
        raise invalid_request("ExpiredObjectDeleteMarker cannot be specified with Tags.")
    if "Date" not in expiration:
        return dict(expiration)
    date: datetime = expiration["Date"].astimezone(UTC)
    if (date.hour, date.minute, date.second, date.microsecond) != (0, 0, 0, 0):
        raise invalid_argument("'Date' must be at midnight GMT", "Date", date.isoformat())
    return {"Date": date.isoformat()}


def _check_noncurrent(wanted: Mapping[str, Any]) -> None:
    if "NoncurrentDays" not in wanted:
        raise malformed_xml()
    if wanted["NoncurrentDays"] < 1:
        raise invalid_argument(
            "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer",
            "NoncurrentDays",
            str(wanted["NoncurrentDays"]),
        )
    newer = wanted.get("NewerNoncurrentVersions")
    if newer is not None and not 1 <= newer <= MOST_NEWER_VERSIONS:
        raise invalid_argument(
            f"'NewerNoncurrentVersions' for NoncurrentVersionExpiration action must be between 1 and {MOST_NEWER_VERSIONS}",
            "NewerNoncurrentVersions",
            str(newer),
        )


def _check_abort(wanted: Mapping[str, Any], chosen: Mapping[str, Any]) -> None:
    if "DaysAfterInitiation" not in wanted:
        raise malformed_xml()
    if wanted["DaysAfterInitiation"] < 1:
        raise invalid_argument(
            "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer",
            "DaysAfterInitiation",
            str(wanted["DaysAfterInitiation"]),
        )
    wanted_of_objects = terms(chosen)
    if wanted_of_objects.tags:
        raise invalid_request("AbortIncompleteMultipartUpload cannot be specified with Tags.")
    if wanted_of_objects.more_than is not None or wanted_of_objects.less_than is not None:
        raise invalid_request("AbortIncompleteMultipartUpload cannot be specified with Object Size.")
