"""List and describe assessment runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from garrison.services.inspector.faults import invalid
from garrison.services.inspector.naming import described, find, look_up, name_test
from garrison.services.inspector.paging import page_of, position_of, resources_after, size_of
from garrison.services.inspector.resources import AssessmentRun, AssessmentTemplate, Told
from garrison.services.inspector.service import service
from garrison.services.inspector.templates import within

if TYPE_CHECKING:
    from types_boto3_inspector import type_defs as shapes

    from garrison.services.call import Call

_MOST_SHOWN = 50


@service.operation("ListAssessmentRuns", needs={"inspector:ListAssessmentRuns": "*"})
def list_assessment_runs(call: Call, request: shapes.ListAssessmentRunsRequestTypeDef) -> dict[str, Any]:
    """The ARNs of runs, of all templates or of some, that fit a filter."""
    templates = {find(call.unit, AssessmentTemplate, arn).id for arn in request.get("assessmentTemplateArns") or ()}
    fits = filter_of(request.get("filter") or {})
    where = {"template": next(iter(templates))} if len(templates) == 1 else None
    after = position_of(call, request, tuple[str, str, str])
    return page_of(
        call,
        (
            run
            for run in resources_after(call, AssessmentRun, after, where)
            if (not templates or run.template in templates) and fits(run)
        ),
        size_of(request),
        "assessmentRunArns",
        position=lambda run: (run.target, run.template, run.id),
        render=lambda run: run.arn,
    )


def filter_of(asked: Mapping[str, Any]) -> Callable[[AssessmentRun], bool]:
    """Whether a run fits a filter; raises InvalidInputException for ranges that are none."""
    names, is_long = name_test(asked.get("namePattern")), within(asked.get("durationRange"))
    states, packages = set(asked.get("states") or ()), set(asked.get("rulesPackageArns") or ())
    began = between(asked.get("startTimeRange"), "INVALID_ASSESSMENT_RUN_START_TIME_RANGE")
    ended = between(asked.get("completionTimeRange"), "INVALID_ASSESSMENT_RUN_COMPLETION_TIME_RANGE")
    changed = between(asked.get("stateChangeTimeRange"), "INVALID_ASSESSMENT_RUN_STATE_CHANGE_TIME_RANGE")

    def is_wanted(run: AssessmentRun) -> bool:
        return (
            names(run.name)
            and (not states or run.state in states)
            and is_long(run.duration_seconds)
            and packages <= set(run.packages)
            and began(run.started_at)
            and ended(run.completed_at)
            and changed(run.changes[-1].at)
        )

    return is_wanted


def between(asked: Mapping[str, Any] | None, code: str) -> Callable[[datetime | None], bool]:
    """Whether a time lies in a range, its ends included; no range holds any time, a range none that is not there."""
    if not asked:
        return lambda _: True
    begin, end = asked.get("beginDate"), asked.get("endDate")
    if begin is not None and end is not None and begin > end:
        raise invalid(code, "The range of times ends before it begins.")
    return lambda at: at is not None and (begin is None or at >= begin) and (end is None or at <= end)


@service.operation("DescribeAssessmentRuns", needs={"inspector:DescribeAssessmentRuns": "*"})
def describe_assessment_runs(call: Call, request: shapes.DescribeAssessmentRunsRequestTypeDef) -> dict[str, Any]:
    """The runs of these ARNs."""
    return described(
        "ASSESSMENT_RUN",
        request["assessmentRunArns"],
        lambda arn: look_up(call.unit, AssessmentRun, arn),
        _shown,
        "assessmentRuns",
    )


def _shown(run: AssessmentRun) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "arn": run.arn,
        "name": run.name,
        "assessmentTemplateArn": run.template_arn,
        "state": run.state,
        "durationInSeconds": run.duration_seconds,
        "rulesPackageArns": list(run.packages),
        "userAttributesForFindings": [pair.shown() for pair in run.user_attributes],
        "createdAt": run.created_at,
        "stateChangedAt": run.changes[-1].at,
        "dataCollected": run.has_collected,
        "stateChanges": [{"state": one.state, "stateChangedAt": one.at} for one in run.changes[-_MOST_SHOWN:]],
        "notifications": [_told(one) for one in run.told[-_MOST_SHOWN:]],
        "findingCounts": run.counts,
    }
    times = {"startedAt": run.started_at, "completedAt": run.completed_at}
    return shown | {name: at for name, at in times.items() if at is not None}


def _told(one: Told) -> dict[str, Any]:
    shown = {
        "date": one.at,
        "event": one.event,
        "error": one.status != "SUCCESS",
        "snsTopicArn": one.topic,
        "snsPublishStatusCode": one.status,
    }
    return shown | ({"message": one.message[:1000]} if one.message else {})
