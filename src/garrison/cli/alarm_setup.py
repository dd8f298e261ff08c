"""The steps from an account's calls to a mail: trail, log group, metric filters, alarms, topic, subscription.

Each is an API call made as root, and each may be made again: what is there already is left as it is, or put right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from garrison import codec
from garrison.errors import ApiError
from garrison.gateway.local import LocalCaller
from garrison.services.cloudwatch.trail_alarms import NAMESPACE, PERIOD_SECONDS, TrailAlarm, trail_alarms

GROUP = "CloudTrail/SecurityAlarms"
TRAIL = "security-alarms"
TOPIC = "security-alarms"
ROLE = "CloudTrail_CloudWatchLogs_Role"
"""The name that AWS's console gives to the role by which CloudTrail puts events into log groups."""
_STATEMENT_ID = "AlarmsMayPublish"
_THERE_ALREADY = frozenset(
    {
        "ResourceAlreadyExistsException",
        "EntityAlreadyExists",
        "EntityAlreadyExistsException",
        "BucketAlreadyOwnedByYou",
        "TrailAlreadyExistsException",
    }
)


class AlarmSetup:
    """Sets the alarms up in one account and region, and tells how they stand."""

    def __init__(self, root: LocalCaller, account: str, region: str) -> None:
        self._root = root
        self._account = account
        self._region = region
        self.topic = f"arn:aws:sns:{region}:{account}:{TOPIC}"

    def enable(self, addresses: Sequence[str], bucket: str | None) -> None:
        """Do every step."""
        group = self._group_of_trail() or self._deliver(bucket)
        self._make_topic(addresses)
        for alarm in trail_alarms():
            self._watch(alarm, group)

    def disable(self) -> None:
        """Let the alarms tell nobody; what was set up stays."""
        self._root.call("cloudwatch", "DisableAlarmActions", AlarmNames=[alarm.name for alarm in trail_alarms()])

    def status(self) -> dict[str, Any]:
        """How each part stands, as the APIs tell it."""
        group = self._group_of_trail()
        filters = self._filters(group) if group is not None else set()
        shown = self._root.call("cloudwatch", "DescribeAlarms", AlarmNames=[alarm.name for alarm in trail_alarms()])
        kept = {alarm["AlarmName"]: alarm for alarm in shown["MetricAlarms"]}
        return {
            "log_group": group,
            "trail": self._trail_state(),
            "topic": self.topic,
            "subscriptions": self._subscriptions(),
            "alarms": [
                {
                    "name": alarm.name,
                    "about": alarm.about,
                    "is_enabled": alarm.name in filters and kept.get(alarm.name, {}).get("ActionsEnabled", False),
                    "state": kept.get(alarm.name, {}).get("StateValue"),
                    "since": kept[alarm.name]["StateTransitionedTimestamp"].isoformat() if alarm.name in kept else None,
                }
                for alarm in trail_alarms()
            ],
        }

    def _group_of_trail(self) -> str | None:
        """The log group that a logging trail of all Regions delivers to."""
        for trail in self._trails():
            if trail.get("CloudWatchLogsLogGroupArn") and self._is_logging(trail):
                return str(trail["CloudWatchLogsLogGroupArn"]).split(":log-group:")[1].removesuffix(":*")
        return None

    def _trails(self) -> list[dict[str, Any]]:
        found = self._root.call("cloudtrail", "DescribeTrails", includeShadowTrails=False)["trailList"]
        return [trail for trail in found if trail.get("IsMultiRegionTrail")]

    def _is_logging(self, trail: dict[str, Any]) -> bool:
        return bool(self._root.call("cloudtrail", "GetTrailStatus", Name=trail["TrailARN"])["IsLogging"])

    def _deliver(self, bucket: str | None) -> str:
        """Let a trail deliver to a log group of its own: one that is there, or a new one."""
        self._unless_there("logs", "CreateLogGroup", logGroupName=GROUP)
        group_arn = f"arn:aws:logs:{self._region}:{self._account}:log-group:{GROUP}:*"
        self._make_role(group_arn)
        logs = {
            "CloudWatchLogsLogGroupArn": group_arn,
            "CloudWatchLogsRoleArn": f"arn:aws:iam::{self._account}:role/{ROLE}",
        }
        trails = sorted(self._trails(), key=self._is_logging, reverse=True)
        if trails:
            name = trails[0]["TrailARN"]
            self._root.call("cloudtrail", "UpdateTrail", Name=name, **logs)
        else:
            name = f"arn:aws:cloudtrail:{self._region}:{self._account}:trail/{TRAIL}"
            self._make_bucket(bucket or f"cloudtrail-{self._account}-{self._region}", name)
            self._root.call(
                "cloudtrail",
                "CreateTrail",
                Name=TRAIL,
                S3BucketName=bucket or f"cloudtrail-{self._account}-{self._region}",
                IsMultiRegionTrail=True,
                EnableLogFileValidation=True,
                **logs,
            )
        self._root.call("cloudtrail", "StartLogging", Name=name)
        return GROUP

    def _make_role(self, group_arn: str) -> None:
        trust = _document({"Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"})
        self._unless_there("iam", "CreateRole", RoleName=ROLE, AssumeRolePolicyDocument=trust)
        puts = {
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"{group_arn.removesuffix('*')}log-stream:*",
        }
        self._root.call(
            "iam", "PutRolePolicy", RoleName=ROLE, PolicyName="PutTrailEvents", PolicyDocument=_document(puts)
        )

    def _make_bucket(self, bucket: str, trail_arn: str) -> None:
        """The bucket of a new trail, with the policy that CloudTrail asks for (User Guide, "Amazon S3 bucket policy for CloudTrail")."""
        from garrison import services

        if "s3" not in services.REGISTERED:
            return
        self._unless_there("s3", "CreateBucket", Bucket=bucket)
        service = {"Principal": {"Service": "cloudtrail.amazonaws.com"}}
        is_trail = {"aws:SourceArn": trail_arn}
        policy = _document(
            service
            | {
                "Action": "s3:GetBucketAcl",
                "Resource": f"arn:aws:s3:::{bucket}",
                "Condition": {"StringEquals": is_trail},
            },
            service
            | {
                "Action": "s3:PutObject",
                "Resource": f"arn:aws:s3:::{bucket}/AWSLogs/{self._account}/*",
                "Condition": {"StringEquals": is_trail | {"s3:x-amz-acl": "bucket-owner-full-control"}},
            },
        )
        self._root.call("s3", "PutBucketPolicy", Bucket=bucket, Policy=policy)

    def _make_topic(self, addresses: Sequence[str]) -> None:
        self._root.call("sns", "CreateTopic", Name=TOPIC)
        attributes = self._root.call("sns", "GetTopicAttributes", TopicArn=self.topic)["Attributes"]
        policy = codec.decode(attributes["Policy"])
        if not any(statement.get("Sid") == _STATEMENT_ID for statement in policy["Statement"]):
            policy["Statement"].append(
                {
                    "Sid": _STATEMENT_ID,
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudwatch.amazonaws.com"},
                    "Action": "sns:Publish",
                    "Resource": self.topic,
                    "Condition": {"StringEquals": {"aws:SourceAccount": self._account}},
                }
            )
            text = codec.encode(policy).decode()
            self._root.call(
                "sns", "SetTopicAttributes", TopicArn=self.topic, AttributeName="Policy", AttributeValue=text
            )
        for address in addresses:
            self._root.call("sns", "Subscribe", TopicArn=self.topic, Protocol="email", Endpoint=address)

    def _watch(self, alarm: TrailAlarm, group: str) -> None:
        """A metric filter that counts, and an alarm on what it counts."""
        self._root.call(
            "logs",
            "PutMetricFilter",
            logGroupName=group,
            filterName=alarm.name,
            filterPattern=alarm.pattern,
            metricTransformations=[
                {"metricName": alarm.metric, "metricNamespace": NAMESPACE, "metricValue": "1", "unit": "Count"}
            ],
        )
        self._root.call(
            "cloudwatch",
            "PutMetricAlarm",
            AlarmName=alarm.name,
            AlarmDescription=alarm.about,
            ActionsEnabled=True,
            AlarmActions=[self.topic],
            Namespace=NAMESPACE,
            MetricName=alarm.metric,
            Statistic="Sum",
            Period=PERIOD_SECONDS,
            EvaluationPeriods=1,
            Threshold=alarm.threshold,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="notBreaching",
        )

    def _filters(self, group: str) -> set[str]:
        return {str(each["filterName"]) for each in self._pages("logs", "DescribeMetricFilters", group)}

    def _pages(self, service: str, operation: str, group: str) -> Iterator[dict[str, Any]]:
        more: dict[str, Any] = {}
        while True:
            answer = self._root.call(service, operation, logGroupName=group, **more)
            yield from answer["metricFilters"]
            if not answer.get("nextToken"):
                return
            more = {"nextToken": answer["nextToken"]}

    def _trail_state(self) -> dict[str, Any] | None:
        for trail in self._trails():
            if trail.get("CloudWatchLogsLogGroupArn"):
                status = self._root.call("cloudtrail", "GetTrailStatus", Name=trail["TrailARN"])
                return {
                    "name": trail["Name"],
                    "is_logging": status["IsLogging"],
                    "error": status.get("LatestCloudWatchLogsDeliveryError") or None,
                }
        return None

    def _subscriptions(self) -> list[dict[str, Any]]:
        try:
            found = self._root.call("sns", "ListSubscriptionsByTopic", TopicArn=self.topic)["Subscriptions"]
        except ApiError as error:
            if error.code in ("NotFound", "NotFoundException"):
                return []
            raise
        return [
            {
                "protocol": each["Protocol"],
                "endpoint": each["Endpoint"],
                "is_confirmed": each["SubscriptionArn"] != "PendingConfirmation",
            }
            for each in found
        ]

    def _unless_there(self, service: str, operation: str, **parameters: Any) -> None:
        try:
            self._root.call(service, operation, **parameters)
        except ApiError as error:
            if error.code not in _THERE_ALREADY:
                raise


def _document(*statements: dict[str, Any]) -> str:
    allowed = [{"Effect": "Allow"} | statement for statement in statements]
    return codec.encode({"Version": "2012-10-17", "Statement": allowed}).decode()
