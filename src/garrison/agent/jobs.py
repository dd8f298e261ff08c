"""What the server may ask for: which parts to scan, by which profile, how often. Anything else in its answer refuses it whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from garrison.agent.failures import AgentError

PARTS = ("INVENTORY", "LANGUAGES", "BENCHMARKS")
PROFILES = ("garrison",)
SCAN_SECONDS, POLL_SECONDS = (300, 604_800), (60, 86_400)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One scan, over and over."""

    parts: tuple[str, ...] = PARTS
    profile: str = "garrison"
    scan_seconds: int = 6 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """All that the server has said."""

    job: Job = Job()
    poll_seconds: int = 300
    scan_now: bool = False
    last_sequence: int = 0
    """Of the last report that the server has."""
    last_digest: str = ""
    """Its digest: what a delta can be made from."""

    def kept(self) -> dict[str, Any]:
        """What is remembered for when the server is away."""
        return asdict(self.job) | {"parts": list(self.job.parts), "poll_seconds": self.poll_seconds}


def read(answer: Mapping[str, Any]) -> Orders:
    """The server's answer to GetHostJobs; raises `AgentError` for anything that is not exactly one."""
    if not set(answer) <= {"Host", "Jobs", "PollSeconds", "ScanNow", "LastSequence", "LastDigest", "CisScanJobs"}:
        raise _strange("has members that are not known")
    jobs = answer.get("Jobs")
    if not isinstance(jobs, list) or len(jobs) != 1 or not isinstance(jobs[0], dict):
        raise _strange("has not one job")
    digest, now = answer.get("LastDigest", ""), answer.get("ScanNow", False)
    if not isinstance(digest, str) or (digest and not _DIGEST.fullmatch(digest)) or not isinstance(now, bool):
        raise _strange("is malformed")
    awaiting = answer.get(
        "CisScanJobs", []
    )  # for sessions, which the agent opens none of: its next report counts for them
    if not isinstance(awaiting, list) or not all(isinstance(one, str) and _ID.fullmatch(one) for one in awaiting):
        raise _strange("has scan jobs that are malformed")
    return Orders(
        job=_job(jobs[0]),
        poll_seconds=_within(answer.get("PollSeconds"), POLL_SECONDS),
        scan_now=now,
        last_sequence=_within(answer.get("LastSequence", 0), (0, 2**62)),
        last_digest=digest,
    )


def remembered(kept: Mapping[str, Any]) -> Orders:
    """What was remembered; the defaults where it is none."""
    try:
        job = {"Kind": "SCAN", "Parts": kept["parts"], "Profile": kept["profile"], "ScanSeconds": kept["scan_seconds"]}
        return Orders(job=_job(job), poll_seconds=_within(kept["poll_seconds"], POLL_SECONDS))
    except (KeyError, AgentError):
        return Orders()


def _job(given: Mapping[str, Any]) -> Job:
    if set(given) != {"Kind", "Parts", "Profile", "ScanSeconds"} or given["Kind"] != "SCAN":
        raise _strange("has a job of a kind that is not known")
    parts = given["Parts"]
    if not isinstance(parts, list) or not parts or any(one not in PARTS for one in parts):
        raise _strange("has parts that are not known")
    if given["Profile"] not in PROFILES:
        raise _strange("has a profile that is not known")
    return Job(parts=tuple(parts), profile=given["Profile"], scan_seconds=_within(given["ScanSeconds"], SCAN_SECONDS))


def _within(value: Any, bounds: tuple[int, int]) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not bounds[0] <= value <= bounds[1]:
        raise _strange("has a number out of its bounds")
    return value


def _strange(what: str) -> AgentError:
    return AgentError(f"The server's answer {what}; what it said before holds.")
