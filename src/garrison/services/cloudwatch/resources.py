"""What CloudWatch keeps besides metric data: alarms, and what happened to them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from garrison.detect.alarms import ALARM, INSUFFICIENT_DATA, MISSING, OK, Rule
from garrison.metrics import Metric
from garrison.store import Resource


class Alarm(Resource, frozen=True, kw_only=True):
    """A metric alarm: what it watches, its state, and whom it tells."""

    resource_type: ClassVar[str] = "AWS::CloudWatch::Alarm"
    identity: ClassVar[tuple[str, ...]] = ("name",)
    indexed: ClassVar[tuple[str, ...]] = ("metric_name",)

    name: str
    description: str | None = None
    actions_enabled: bool = True
    ok_actions: tuple[str, ...] = ()
    alarm_actions: tuple[str, ...] = ()
    insufficient_data_actions: tuple[str, ...] = ()
    """ARNs of SNS topics, by the state that is entered."""
    namespace: str
    metric_name: str
    dimensions: tuple[tuple[str, str], ...] = ()
    statistic: str
    """Its name: `Sum`, `p99` …"""
    is_extended: bool = False
    """Whether it was given as ExtendedStatistic."""
    unit: str | None = None
    period: int
    """Seconds."""
    evaluation_periods: int
    datapoints_to_alarm: int | None = None
    threshold: float
    comparison: str
    missing: str | None = None
    """How missing datapoints are treated; `missing` where nobody said."""
    low_samples: str | None = None
    """`evaluate` or `ignore`, of a percentile of few samples."""
    configured_at: datetime
    state: str = INSUFFICIENT_DATA
    state_reason: str
    state_reason_data: str | None = None
    state_updated_at: datetime
    state_changed_at: datetime

    @property
    def arn(self) -> str:
        """The alarm's ARN."""
        return alarm_arn(self.region, self.account, self.name)

    @property
    def metric(self) -> Metric:
        """The metric that it watches."""
        return Metric(self.namespace, self.metric_name, self.dimensions)

    @property
    def rule(self) -> Rule:
        """How its state follows from datapoints."""
        return Rule(
            self.comparison,
            self.threshold,
            self.evaluation_periods,
            self.datapoints_to_alarm or self.evaluation_periods,
            self.missing or MISSING,
        )

    @property
    def actions(self) -> dict[str, tuple[str, ...]]:
        """Whom it tells, by the state that it enters."""
        return {OK: self.ok_actions, ALARM: self.alarm_actions, INSUFFICIENT_DATA: self.insufficient_data_actions}


class AlarmHistoryItem(Resource, frozen=True, kw_only=True):
    """Something that happened to an alarm."""

    resource_type: ClassVar[str] = "Garrison::CloudWatch::AlarmHistoryItem"
    identity: ClassVar[tuple[str, ...]] = ("recency", "id")
    indexed: ClassVar[tuple[str, ...]] = ("alarm_name",)
    keeps_history: ClassVar[bool] = False

    recency: int
    """Microseconds from its time to the far future, so that listings begin with the newest."""
    id: str
    alarm_name: str
    at: datetime
    kind: str
    """`ConfigurationUpdate`, `StateUpdate` or `Action`."""
    summary: str
    data: str
    """JSON."""

    @property
    def arn(self) -> str:
        """The ARN of the alarm, with the item's id."""
        return f"{alarm_arn(self.region, self.account, self.alarm_name)}/history/{self.id}"


def alarm_arn(region: str, account: str, name: str) -> str:
    """The ARN of an alarm."""
    return f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}"
