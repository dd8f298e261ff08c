"""Where a web ACL's log may go: a log group or a bucket whose name begins as AWS WAF wants it, and that lets the log in.

AWS WAF writes as the principal delivery.logs.amazonaws.com. As on AWS, PutLoggingConfiguration adds what allows that to the policies
of the destination, with the rights of the caller. Sources: AWS WAF Developer Guide, "Sending … logs to a CloudWatch Logs log group",
"Sending … logs to an Amazon S3 bucket".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from garrison import codec
from garrison.arn import Arn, parse_arn
from garrison.errors import ApiError
from garrison.services.inside import call_as_service, call_for_caller
from garrison.services.wafv2.faults import invalid

if TYPE_CHECKING:
    from garrison.services.call import Call, Parts

PREFIX = "aws-waf-logs-"
PRINCIPAL = "delivery.logs.amazonaws.com"
WAF = "wafv2.amazonaws.com"
POLICY = "AWSWAF-LOGS"
_FIELD = "LOG_DESTINATION"


class Destination(NamedTuple):
    """A log group or a bucket."""

    service: str
    """logs or s3."""
    name: str
    """The log group's or the bucket's."""
    prefix: str = ""
    """What the keys of objects begin with, without slash at its end."""


def destination_of(arn: str) -> Destination:
    """The destination of an ARN; refused where logs cannot go there."""
    parts = parse_arn(arn)
    if parts is None:
        raise invalid(_FIELD, arn, "The ARN isn't valid.")
    if parts.service in ("firehose", "kinesis"):
        raise invalid(_FIELD, arn, "Firehose is not built here: use a log group or a bucket.")
    found = _log_group(parts) if parts.service == "logs" else _bucket(parts) if parts.service == "s3" else None
    if found is None or not found.name.startswith(PREFIX):
        raise invalid(_FIELD, arn, f"The ARN isn't valid. The destination's name begins with {PREFIX}.")
    return found


def _log_group(parts: Arn) -> Destination | None:
    kind, _, name = parts.resource.partition(":")
    name = name.removesuffix(":*")
    return Destination("logs", name) if kind == "log-group" and ":" not in name else None


def _bucket(parts: Arn) -> Destination:
    name, _, prefix = parts.resource.partition("/")
    return Destination("s3", name, prefix.strip("/"))


def open_destination(call: Call, web_acl: str, arn: str) -> None:
    """Let the log in, with the caller's rights, and see that it is let in.

    Raises: ApiError: WAFLogDestinationPermissionIssueException where the caller may not, or it is not let in all the same.
    """
    destination = destination_of(arn)
    try:
        if destination.service == "logs":
            _open_log_group(call, destination)
        else:
            _open_bucket(call, destination)
            marker = {"Bucket": destination.name, "Key": marker_key(call.account, destination), "Body": b""}
            put_object(call.parts, web_acl, marker)
    except ApiError as problem:
        if problem.code in ("NoSuchBucket", "ResourceNotFoundException"):
            raise invalid(_FIELD, arn, "There is no such log destination.") from None
        reason = f"You don't have the permissions that are required to perform this operation: {problem.message}"
        raise ApiError("WAFLogDestinationPermissionIssueException", reason) from None


def marker_key(account: str, destination: Destination) -> str:
    """The key of the empty object by which it is seen that objects are let in."""
    return under(destination, f"AWSLogs/{account}/CheckedByWAF")


def under(destination: Destination, key: str) -> str:
    """A key below the prefix of a destination."""
    return f"{destination.prefix}/{key}" if destination.prefix else key


def put_object(parts: Parts, web_acl: str, parameters: dict[str, Any]) -> None:
    """Put an object into a bucket for a web ACL."""
    owner = parse_arn(web_acl)
    assert owner is not None
    call_as_service(
        parts,
        PRINCIPAL,
        owner.account,
        owner.region,
        "s3",
        "PutObject",
        parameters | {"ACL": "bucket-owner-full-control"},
        source_arn=f"arn:aws:logs:{owner.region}:{owner.account}:*",
    )


def _open_log_group(call: Call, destination: Destination) -> None:
    groups = call_for_caller(call, WAF, "logs", "DescribeLogGroups", {"logGroupNamePrefix": destination.name})[
        "logGroups"
    ]
    if all(group["logGroupName"] != destination.name for group in groups):
        raise ApiError("ResourceNotFoundException", "The log group does not exist.")
    condition = {
        "StringEquals": {"aws:SourceAccount": call.account},
        "ArnLike": {"aws:SourceArn": f"arn:aws:logs:{call.region}:{call.account}:*"},
    }
    statement = {
        "Sid": "AWSWAFLogs",
        "Effect": "Allow",
        "Principal": {"Service": PRINCIPAL},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"arn:aws:logs:{call.region}:{call.account}:log-group:{PREFIX}*:log-stream:*",
        "Condition": condition,
    }
    document = codec.encode({"Version": "2012-10-17", "Statement": [statement]}).decode()
    parameters = {"policyName": POLICY, "policyDocument": document}
    call_for_caller(call, WAF, "logs", "PutResourcePolicy", parameters)


def _open_bucket(call: Call, destination: Destination) -> None:
    """Add a statement to the bucket's policy, unless it is there."""
    bucket = {"Bucket": destination.name}
    try:
        text = call_for_caller(call, WAF, "s3", "GetBucketPolicy", bucket)["Policy"]
    except ApiError as problem:
        if problem.code != "NoSuchBucketPolicy":
            raise
        text = '{"Version": "2012-10-17", "Statement": []}'
    policy = codec.decode(text)
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    resource = f"arn:aws:s3:::{destination.name}/{under(destination, f'AWSLogs/{call.account}/*')}"
    statement = {
        "Sid": "AWSLogDeliveryWrite",
        "Effect": "Allow",
        "Principal": {"Service": PRINCIPAL},
        "Action": "s3:PutObject",
        "Resource": resource,
        "Condition": {"StringEquals": {"aws:SourceAccount": call.account}},
    }
    if any(one.get("Resource") == resource and one.get("Principal") == statement["Principal"] for one in statements):
        return
    taken = sum(str(one.get("Sid", "")).startswith("AWSLogDeliveryWrite") for one in statements)
    if taken:
        statement["Sid"] = f"AWSLogDeliveryWrite{taken}"
    policy["Statement"] = [*statements, statement]
    call_for_caller(call, WAF, "s3", "PutBucketPolicy", bucket | {"Policy": codec.encode(policy).decode()})
