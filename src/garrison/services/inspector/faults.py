"""Inspector's refusals: each names its cause by a code besides the words, and says whether trying again may help.

Source: Amazon Inspector API reference (2016-02-16), the exceptions' `errorCode`.
"""

from __future__ import annotations

from collections.abc import Sequence

from garrison.errors import ApiError

MOST_LISTED = 10
"""Of the runs or agents that an error names."""


def invalid(code: str, message: str) -> ApiError:
    """A value that is not one, by its `errorCode`: `INVALID_ASSESSMENT_TARGET_ARN` …"""
    return ApiError("InvalidInputException", message, members={"errorCode": code, "canRetry": False})


def no_such(kind: str, arn: str) -> ApiError:
    """Something that is not there: `ASSESSMENT_TARGET`, `FINDING` …"""
    words = kind.replace("_", " ").lower()
    return ApiError(
        "NoSuchEntityException",
        f"The {words} {arn} does not exist.",
        members={"errorCode": f"{kind}_DOES_NOT_EXIST", "canRetry": False},
    )


def too_many(kind: str, most: int) -> ApiError:
    """One more than an account may have: `ASSESSMENT_TARGET` …"""
    words = kind.replace("_", " ").lower()
    return ApiError(
        "LimitExceededException",
        f"The limit of {most} for {words}s of an account in a region is reached.",
        members={"errorCode": f"{kind}_LIMIT_EXCEEDED", "canRetry": False},
    )


def in_progress(arns: Sequence[str]) -> ApiError:
    """What is to go is still used by runs."""
    return ApiError(
        "AssessmentRunInProgressException",
        "Assessment runs are in progress. Stop them, or wait until they have ended.",
        members={
            "assessmentRunArns": list(arns[:MOST_LISTED]),
            "assessmentRunArnsTruncated": len(arns) > MOST_LISTED,
            "canRetry": True,
        },
    )


def already_assessed(agents: Sequence[tuple[str, str]]) -> ApiError:
    """Hosts that another run is assessing: pairs of agent and run."""
    return ApiError(
        "AgentsAlreadyRunningAssessmentException",
        "Instances of the assessment target take part in an assessment run already.",
        members={
            "agents": [{"agentId": agent, "assessmentRunArn": run} for agent, run in agents[:MOST_LISTED]],
            "agentsTruncated": len(agents) > MOST_LISTED,
            "canRetry": True,
        },
    )


def without_findings(arn: str) -> ApiError:
    """A report of a run whose findings have left the disk."""
    return ApiError(
        "UnsupportedFeatureException",
        f"No report of {arn} can be made: its findings were removed, as its exclusions tell.",
        members={"canRetry": False},
    )


def wrong_role(code: str, message: str) -> ApiError:
    """A role that Inspector cannot use."""
    return ApiError("InvalidCrossAccountRoleException", message, members={"errorCode": code, "canRetry": False})
