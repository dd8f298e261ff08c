"""List applications, assessments and runs by the preview's filters: names by any of several patterns, ranges with their ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.inspector.naming import find, name_test
from garrison.services.inspector.packages import packages_of
from garrison.services.inspector.paging import page_of, position_of, resources_after, size_of
from garrison.services.inspector.resources import COLLECTED, AssessmentRun, AssessmentTarget, AssessmentTemplate
from garrison.services.inspector.templates import checked_packages
from garrison.services.inspector_2015_08_18.arns import meant, named, shown
from garrison.services.inspector_2015_08_18.assessments import state_of
from garrison.services.inspector_2015_08_18.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]


def _named_by(patterns: Iterable[str] | None) -> Callable[[str], bool]:
    tests = [name_test(pattern[:140]) for pattern in patterns or ()]
    return lambda name: not tests or any(test(name) for test in tests)


def _in(asked: Mapping[str, Any] | None) -> Callable[[Any], bool]:
    """Whether a value lies in a range (`minimum`, `maximum`); without one any does, within one none that is not there."""
    if not asked:
        return lambda _: True
    low, high = asked.get("minimum"), asked.get("maximum")
    return lambda value: value is not None and (low is None or value >= low) and (high is None or value <= high)


@service.operation("ListApplications", needs={"inspector:ListAssessmentTargets": "*"})
def list_applications(call: Call, request: Request) -> dict[str, Any]:
    """The ARNs of applications."""
    fits = _named_by((request.get("filter") or {}).get("applicationNamePatterns"))
    after = position_of(call, request, tuple[str])
    return page_of(
        call,
        (target for target in resources_after(call, AssessmentTarget, after) if fits(target.name)),
        size_of(request),
        "applicationArnList",
        position=lambda target: (target.id,),
        render=lambda target: shown(target.arn),
    )


def _assessment_filter(call: Call, asked: Mapping[str, Any]) -> Callable[[AssessmentTemplate], bool]:
    fits, states = _named_by(asked.get("assessmentNamePatterns")), set(asked.get("assessmentStates") or ())
    collected, is_long = asked.get("dataCollected"), _in(asked.get("durationRange"))
    began, ended = _in(asked.get("startTimeRange")), _in(asked.get("endTimeRange"))

    def is_wanted(one: AssessmentTemplate) -> bool:
        state = state_of(one, call.at)
        has_data = state == COLLECTED
        return (
            fits(one.name)
            and (not states or state in states)
            and collected in (None, has_data)
            and is_long(one.duration_seconds)
            and began(one.collection.began_at if one.collection else None)
            and ended(one.collection.ended_at if one.collection and has_data else None)
        )

    return is_wanted


def _assessments(call: Call, request: Request, is_wanted: Callable[[AssessmentTemplate], bool]) -> dict[str, Any]:
    fits = _assessment_filter(call, request.get("filter") or {})
    after = position_of(call, request, tuple[str, str])
    return page_of(
        call,
        (one for one in resources_after(call, AssessmentTemplate, after) if is_wanted(one) and fits(one)),
        size_of(request),
        "assessmentArnList",
        position=lambda one: (one.target, one.id),
        render=lambda one: shown(one.arn),
    )


@service.operation("ListAssessments", needs={"inspector:ListAssessmentTemplates": "*"})
def list_assessments(call: Call, request: Request) -> dict[str, Any]:
    """The ARNs of assessments, of all applications or of some."""
    targets = {find(call.unit, AssessmentTarget, meant(arn)).id for arn in request.get("applicationArns") or ()}
    return _assessments(call, request, lambda one: not targets or one.target in targets)


@service.operation("ListAttachedAssessments", needs={"inspector:ListAssessmentTemplates": "*"})
def list_attached_assessments(call: Call, request: Request) -> dict[str, Any]:
    """The ARNs of the assessments that a rules package is attached to."""
    [arn] = checked_packages(call, [request["rulesPackageArn"]])
    return _assessments(call, request, lambda one: arn in one.packages)


@service.operation("ListAttachedRulesPackages", needs={"inspector:DescribeAssessmentTemplates": "*"})
def list_attached_rules_packages(call: Call, request: Request) -> dict[str, Any]:
    """The ARNs of the rules packages that are attached to an assessment."""
    return _packages(call, request, named(call, AssessmentTemplate, request, "assessmentArn").packages)


@service.operation("ListRulesPackages", needs={"inspector:ListRulesPackages": "*"})
def list_rules_packages(call: Call, request: Request) -> dict[str, Any]:
    """The ARNs of all rules packages."""
    return _packages(call, request, packages_of(call.region))


def _packages(call: Call, request: Request, arns: Iterable[str]) -> dict[str, Any]:
    after = position_of(call, request, int)
    return page_of(
        call,
        [one for one in enumerate(arns) if after is None or one[0] > after],
        size_of(request),
        "rulesPackageArnList",
        position=lambda one: one[0],
        render=lambda one: one[1],
    )


@service.operation("ListRuns", needs={"inspector:ListAssessmentRuns": "*"})
def list_runs(call: Call, request: Request) -> dict[str, Any]:
    """The ARNs of runs, of all assessments or of some."""
    assessments = {find(call.unit, AssessmentTemplate, meant(arn)).id for arn in request.get("assessmentArns") or ()}
    asked: Mapping[str, Any] = request.get("filter") or {}
    fits, states = _named_by(asked.get("runNamePatterns")), set(asked.get("runStates") or ())
    packages = set(asked.get("rulesPackages") or ())
    began, ended = _in(asked.get("creationTime")), _in(asked.get("completionTime"))

    def is_wanted(run: AssessmentRun) -> bool:
        return (
            (not assessments or run.template in assessments)
            and fits(run.name)
            and (not states or run.state in states)
            and packages <= set(run.packages)
            and began(run.created_at)
            and ended(run.completed_at)
        )

    after = position_of(call, request, tuple[str, str, str])
    return page_of(
        call,
        filter(is_wanted, resources_after(call, AssessmentRun, after)),
        size_of(request),
        "runArnList",
        position=lambda run: (run.target, run.template, run.id),
        render=lambda run: shown(run.arn),
    )
