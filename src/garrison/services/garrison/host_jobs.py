"""What hosts are to do: which parts of them to scan, by which profile, and how often. Data, never commands.

A host asks for it (GetHostJobs); nobody can have a host do anything else. PutHostJob says it for one host or for all,
StartHostScan has a host scan as soon as it asks next.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.scan_findings import cis, open_findings
from garrison.services.garrison.faults import invalid, not_found
from garrison.services.garrison.host_reports import named_host, own_host, reports_of
from garrison.services.garrison.service import service
from garrison.services.rolesanywhere.hosts import Host, host_arn
from garrison.store import Resource

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

Request = Mapping[str, Any]
Shown = dict[str, Any]

EVERYONE = "*"
"""The name of the job of all hosts that have none of their own."""
PARTS = ("INVENTORY", "LANGUAGES", "BENCHMARKS")
DEFAULT_SCAN_SECONDS = 6 * 3600
DEFAULT_POLL_SECONDS = 300
MOST_CIS_JOBS = 100
"""Of one answer; the next one has those that are still awaited."""


class HostJob(Resource, frozen=True, kw_only=True):
    """What a host, or all of them, is to do."""

    resource_type: ClassVar[str] = "Garrison::Hosts::Job"
    identity: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    parts: tuple[str, ...] = PARTS
    profile: str = "garrison"
    scan_seconds: int = DEFAULT_SCAN_SECONDS
    poll_seconds: int = DEFAULT_POLL_SECONDS
    changed_at: datetime | None = None

    @property
    def arn(self) -> str:
        """Its ARN, Garrison's own."""
        return f"arn:aws:garrison:{self.region}:{self.account}:host-job/{self.name}"


class HostScan(Resource, frozen=True, kw_only=True):
    """That a host is asked to scan soon."""

    resource_type: ClassVar[str] = "Garrison::Hosts::Scan"
    identity: ClassVar[tuple[str, ...]] = ("name",)
    keeps_history: ClassVar[bool] = False

    name: str
    asked_at: datetime

    @property
    def arn(self) -> str:
        """The ARN of the host."""
        return host_arn(self.region, self.account, self.name)


def _job_named(call: Call, request: Request) -> str:
    return host_arn(call.region, call.account, request.get("Host") or EVERYONE)


@service.operation("GetHostJobs", needs={"garrison:GetHostJobs": named_host})
def get_host_jobs(call: Call, request: Request) -> Shown:
    """What the calling host is to do, and what the server has of it."""
    name, session = own_host(call), call.principal.session
    if name is None or session is None or session.host != named_host(call, request):
        raise ApiError("AccessDeniedException", "A host asks for its own jobs only.", status=403)
    host = call.unit.get(Host, name)
    if host is None or host.is_revoked or host.enrolled_at is None:
        raise ApiError("AccessDeniedException", "The host is not enrolled.", status=403)
    job = call.unit.get(HostJob, name) or call.unit.get(HostJob, EVERYONE) or _default(call)
    last = reports_of(call.parts).about(call.account, call.region, name)
    asked = call.unit.get(HostScan, name)
    is_asked = asked is not None and (last is None or last.received_at < asked.asked_at)
    told = {"Host": name, "Jobs": [shown_job(job)], "PollSeconds": job.poll_seconds, "ScanNow": is_asked}
    told |= {"LastSequence": last.sequence, "LastDigest": last.digest} if last is not None else {}
    awaiting = _cis_jobs(call, name)
    return told | ({"CisScanJobs": awaiting} if awaiting else {})


def _cis_jobs(call: Call, name: str) -> list[str]:
    """The jobs of the CIS scans of the region that await a host, as its agent's next report or a session of its own finishes them."""
    kept = open_findings(call.parts.settings.home_path, sync=not call.parts.settings.ephemeral)
    if not kept.exists:
        return []
    with kept.reading() as db:
        targets = cis.jobs_of(db, call.account, name)
    in_region = f"arn:aws:inspector2:{call.region}:"
    return [one.job for one in targets if one.scan.startswith(in_region)][:MOST_CIS_JOBS]


@service.operation("PutHostJob", needs={"garrison:PutHostJob": _job_named})
def put_host_job(call: Call, request: Request) -> Shown:
    """Say what a host is to do, or without one, all that have no job of their own."""
    name = request.get("Host") or EVERYONE
    if name != EVERYONE and call.unit.get(Host, name) is None:
        raise not_found(f"There is no host {name}.")
    known = call.unit.get(HostJob, name) or _default(call, name)
    parts = tuple(dict.fromkeys(request.get("Parts") or known.parts))
    if "INVENTORY" not in parts:
        raise invalid("Parts must have INVENTORY: the others rest on it.")
    job = replace(
        known,
        parts=parts,
        profile=request.get("Profile") or known.profile,
        scan_seconds=request.get("ScanSeconds") or known.scan_seconds,
        poll_seconds=request.get("PollSeconds") or known.poll_seconds,
        changed_at=call.at,
    )
    return {"Job": shown_job(call.unit.save(job) if known.revision else call.unit.add(job))}


@service.operation("DeleteHostJob", needs={"garrison:DeleteHostJob": _job_named})
def delete_host_job(call: Call, request: Request) -> None:
    """Let a host do what all do, or all what they do by default."""
    job = call.unit.get(HostJob, request.get("Host") or EVERYONE)
    if job is None:
        raise not_found("There is no such job.")
    call.unit.remove(job)


@service.operation("StartHostScan", needs={"garrison:StartHostScan": named_host})
def start_host_scan(call: Call, request: Request) -> None:
    """Have a host scan as soon as it asks what to do."""
    host = call.unit.get(Host, request["Host"])
    if host is None or host.enrolled_at is None or host.is_revoked:
        raise not_found(f"There is no enrolled host {request['Host']}.")
    ask_to_scan(call.unit, host.name)


def ask_to_scan(unit: Unit, name: str) -> None:
    """Have an enrolled host of the unit's account and region scan as soon as it asks what to do."""
    known = unit.get(HostScan, name)
    if known is None:
        unit.add(HostScan(account=unit.account, region=unit.region, name=name, asked_at=unit.at))
    else:
        unit.save(replace(known, asked_at=unit.at))


def shown_job(job: HostJob) -> Shown:
    """A job as hosts get it."""
    return {"Kind": "SCAN", "Parts": list(job.parts), "Profile": job.profile, "ScanSeconds": job.scan_seconds}


def _default(call: Call, name: str = EVERYONE) -> HostJob:
    return HostJob(account=call.account, region=call.region, name=name)
