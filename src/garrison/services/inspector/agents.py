"""The agents of runs and targets: their health, and what they have sent."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from garrison.services.inspector.assessing.hosts import Assessable, assessable, chosen, hosts_file, scaling_group_of
from garrison.services.inspector.assessing.watching import HEALTHY, UNHEALTHY, UNKNOWN
from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.naming import find, ids_of
from garrison.services.inspector.paging import page_of, position_of, size_of
from garrison.services.inspector.resources import AssessmentRun, AssessmentTarget
from garrison.services.inspector.service import service
from garrison.services.inspector.storage import agents, runs
from garrison.services.inspector.storage.agents import Agent

if TYPE_CHECKING:
    from types_boto3_inspector import type_defs as shapes

    from garrison.services.call import Call

_MOST_PREVIEWS = 100


@service.operation("ListAssessmentRunAgents", needs={"inspector:ListAssessmentRunAgents": "*"}, long=True)
def list_assessment_run_agents(call: Call, request: shapes.ListAssessmentRunAgentsRequestTypeDef) -> dict[str, Any]:
    """The hosts of a run, with their health and what each has sent."""
    run = find(call.unit, AssessmentRun, request["assessmentRunArn"])
    asked: Any = request.get("filter") or {}
    size, after = size_of(request), position_of(call, request, str) or ""
    found: list[Agent] = []
    file = assessments_of(call.parts)
    if file.exists:
        with file.reading() as db:
            number = runs.run_id(db, run.arn)
            if number is not None:
                found = agents.of_run(
                    db,
                    number,
                    healths=asked.get("agentHealths") or (),
                    codes=asked.get("agentHealthCodes") or (),
                    after=after,
                    limit=size + 1,
                )
    return page_of(
        call,
        found,
        size,
        "assessmentRunAgents",
        position=lambda agent: agent.agent,
        render=lambda agent: _shown(agent, run),
    )


def _shown(agent: Agent, run: AssessmentRun) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "agentId": agent.agent,
        "assessmentRunArn": run.arn,
        "agentHealth": agent.health,
        "agentHealthCode": agent.code,
        "telemetryMetadata": telemetry_shown(agent.telemetry),
    }
    rest = {"agentHealthDetails": agent.details, "autoScalingGroup": agent.scaling_group}
    return shown | {name: value for name, value in rest.items() if value}


def telemetry_shown(telemetry: Any) -> list[dict[str, Any]]:
    """What was sent, as the API shows it."""
    return [{"messageType": kind, "count": count, "dataSize": size} for kind, count, size in telemetry]


@service.operation("GetTelemetryMetadata", needs={"inspector:GetTelemetryMetadata": "*"}, long=True)
def get_telemetry_metadata(call: Call, request: shapes.GetTelemetryMetadataRequestTypeDef) -> dict[str, Any]:
    """What all hosts of a run have sent together."""
    run = find(call.unit, AssessmentRun, request["assessmentRunArn"])
    return {"telemetryMetadata": telemetry_shown(telemetry_of(call, run))}


def telemetry_of(call: Call, run: AssessmentRun) -> list[tuple[str, int, int]]:
    """Kind, count and bytes of what the hosts of a run have sent."""
    counts, sizes = Counter[str](), Counter[str]()
    file = assessments_of(call.parts)
    if file.exists:
        with file.reading() as db:
            number = runs.run_id(db, run.arn)
            for agent in agents.of_run(db, number) if number is not None else ():
                for kind, count, size in agent.telemetry:
                    counts[kind] += count
                    sizes[kind] += size
    return [(kind, counts[kind], sizes[kind]) for kind in counts]


@service.operation("PreviewAgents", needs={"inspector:PreviewAgents": "*"}, read_only=True, long=True)
def preview_agents(call: Call, request: shapes.PreviewAgentsRequestTypeDef) -> dict[str, Any]:
    """The hosts that a target, or a template's target, would choose now."""
    arn = request["previewAgentsArn"]
    if ids_of("ASSESSMENT_TEMPLATE", arn) is not None:
        arn = arn.partition("/template/")[0]
    target = find(call.unit, AssessmentTarget, arn)
    hosts = chosen(call.parts, call.unit, target)
    after = position_of(call, request, str) or ""
    return page_of(
        call,
        [host for host in hosts if host.agent > after],
        size_of(request, most=_MOST_PREVIEWS),
        "agentPreviews",
        position=lambda host: host.agent,
        render=lambda host: preview_of(call, host),
    )


def preview_of(call: Call, host: Assessable) -> dict[str, Any]:
    """A host as previews show it."""
    reported = host.reported
    health = UNKNOWN if reported is None else HEALTHY if host.is_fresh(call.at) or _is_alive(call, host) else UNHEALTHY
    shown: dict[str, Any] = {"agentId": host.agent, "agentHealth": health}
    report = hosts_file(call.parts).last(reported.account, reported.region, reported.host) if reported else None
    if report is not None:
        inventory = report.inventory
        shown |= {
            "hostname": inventory.host[:256],
            "operatingSystem": inventory.platform.name[:256],
            "kernelVersion": inventory.platform.kernel[:128],
        }
    if host.item is not None:
        shown["ipv4Address"] = host.item.configuration.get("privateIpAddress")
    shown["autoScalingGroup"] = scaling_group_of(host)
    return {name: value for name, value in shown.items() if value}


def _is_alive(call: Call, host: Assessable) -> bool:
    """Whether an agent has reported within a day."""
    from garrison.services.inspector.assessing.hosts import RECENT

    return host.reported is not None and host.reported.received_at >= call.at - RECENT


__all__ = ["assessable", "preview_of", "telemetry_of", "telemetry_shown"]
