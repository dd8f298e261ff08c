"""The agents of assessments: their health, and what they have sent since the collection of data began."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.inspector.assessing.hosts import chosen
from garrison.services.inspector.assessing.watching import agent_of
from garrison.services.inspector.paging import page_of, position_of, size_of
from garrison.services.inspector.resources import AssessmentTarget, AssessmentTemplate
from garrison.services.inspector.storage.agents import Agent
from garrison.services.inspector_2015_08_18.arns import named, shown
from garrison.services.inspector_2015_08_18.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]

_RECEIVED = "RECEIVED"


def _agents(call: Call, assessment: AssessmentTemplate) -> list[Agent]:
    target = call.unit.get(AssessmentTarget, assessment.target)
    since = assessment.collection.began_at if assessment.collection is not None else call.at
    hosts = chosen(call.parts, call.unit, target) if target is not None else []
    return [agent_of(call.parts, host, since) for host in hosts]


@service.operation("ListAssessmentAgents", needs={"inspector:ListAssessmentRunAgents": "*"}, long=True)
def list_assessment_agents(call: Call, request: Request) -> dict[str, Any]:
    """The hosts of an assessment, with their health and what each has sent."""
    assessment = named(call, AssessmentTemplate, request, "assessmentArn")
    healths = set((request.get("filter") or {}).get("agentHealthList") or ())
    after = position_of(call, request, str) or ""
    return page_of(
        call,
        [one for one in _agents(call, assessment) if one.agent > after and (not healths or one.health in healths)],
        size_of(request),
        "agentList",
        position=lambda agent: agent.agent,
        render=lambda agent: _shown(agent, assessment),
    )


def _shown(agent: Agent, assessment: AssessmentTemplate) -> dict[str, Any]:
    described = {
        "agentId": agent.agent,
        "assessmentArn": shown(assessment.arn),
        "agentHealth": agent.health,
        "agentHealthCode": agent.code,
        "agentHealthDetails": agent.details,
        "autoScalingGroup": agent.scaling_group,
        "accountId": assessment.account,
        "telemetry": _telemetry(agent.telemetry),
    }
    return {name: value for name, value in described.items() if value}


def _telemetry(sent: Any) -> list[dict[str, Any]]:
    kinds = [{"messageType": kind, "count": count, "dataSize": size} for kind, count, size in sent]
    return [{"status": _RECEIVED, "messageTypeTelemetries": kinds}] if kinds else []


@service.operation("GetAssessmentTelemetry", needs={"inspector:GetTelemetryMetadata": "*"}, long=True)
def get_assessment_telemetry(call: Call, request: Request) -> dict[str, Any]:
    """What all hosts of an assessment have sent together."""
    assessment = named(call, AssessmentTemplate, request, "assessmentArn")
    counts, sizes = Counter[str](), Counter[str]()
    for agent in _agents(call, assessment):
        for kind, count, size in agent.telemetry:
            counts[kind] += count
            sizes[kind] += size
    return {"telemetry": _telemetry([(kind, counts[kind], sizes[kind]) for kind in counts])}
