"""When identities last used the services that their policies let them use, from recorded events.

IAM User Guide, "Refine permissions using last accessed information": attempts count, refused ones too. A report is made when
it is asked for, and kept for a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.errors import ApiError
from garrison.identifiers import request_id
from garrison.policy.actions import service_title
from garrison.services.iam.last_accessed_services import allowed_services
from garrison.services.iam.managed import find_policy
from garrison.services.iam.naming import lookup
from garrison.services.iam.paging import page_of
from garrison.services.iam.policy_usage import attached_to_policy, every
from garrison.services.iam.resources import Group, ManagedPolicy, Role, User
from garrison.services.iam.service import service
from garrison.store import Contains

if TYPE_CHECKING:
    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call
    from garrison.store import Unit

Answer = dict[str, Any]
Entity = User | Group | Role | ManagedPolicy

KEPT_FOR = timedelta(days=1)
_NAMESPACE = "last-accessed"


class Use(msgspec.Struct, frozen=True):
    """The last attempt of one entity at one action."""

    service: str
    action: str
    at: datetime
    region: str
    arn: str


class Job(msgspec.Struct, frozen=True):
    """A report: what was asked, and everything its pages show."""

    asker: str
    """The unique id of who asked: nobody else sees it."""
    granularity: str
    made_at: datetime
    services: tuple[str, ...]
    uses: tuple[Use, ...]
    entities: tuple[tuple[str, str, str, str, str], ...]
    """ARN, name, type, id and path of those that the report is about."""


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Job).decode


def _arn(call: Call, request: Any) -> str:
    return str(request["Arn"])


@service.operation(
    "GenerateServiceLastAccessedDetails", needs={"iam:GenerateServiceLastAccessedDetails": _arn}, read_only=False
)
def generate_service_last_accessed_details(
    call: Call, request: shapes.GenerateServiceLastAccessedDetailsRequestTypeDef
) -> Answer:
    """Make a report about a user, group, role or policy."""
    entity = _find(call.unit, request["Arn"])
    people = list(_people(call.unit, entity))
    job = Job(
        asker=call.principal.principal_id,
        granularity=request.get("Granularity") or "SERVICE_LEVEL",
        made_at=call.at,
        services=tuple(sorted(allowed_services(call.unit, entity))),
        uses=tuple(
            Use(used.service, used.action, used.at, used.region, person.arn)
            for person in people
            for used in call.parts.recent.used_services(person.unique_id)
        ),
        entities=tuple((p.arn, p.name, p.kind.upper(), p.unique_id, p.path) for p in people),
    )
    identifier = request_id()
    call.unit.state_put(_NAMESPACE, identifier, _encode(job), expires_at=call.at + KEPT_FOR)
    return {"JobId": identifier}


@service.operation("GetServiceLastAccessedDetails", needs={"iam:GetServiceLastAccessedDetails": "*"})
def get_service_last_accessed_details(
    call: Call, request: shapes.GetServiceLastAccessedDetailsRequestTypeDef
) -> Answer:
    """Show which allowed services were used, when, where and by whom."""
    job = _job(call, request["JobId"])
    page = page_of(
        call,
        request,
        "ServicesLastAccessed",
        job.services,
        key=lambda namespace: namespace,
        render=lambda namespace: _shown_service(job, namespace),
    )
    return _finished(job) | {"JobType": job.granularity} | page


@service.operation(
    "GetServiceLastAccessedDetailsWithEntities", needs={"iam:GetServiceLastAccessedDetailsWithEntities": "*"}
)
def get_service_last_accessed_details_with_entities(
    call: Call, request: shapes.GetServiceLastAccessedDetailsWithEntitiesRequestTypeDef
) -> Answer:
    """Show who of those that a report is about used a service."""
    job = _job(call, request["JobId"])
    namespace = request["ServiceNamespace"].lower()
    last: dict[str, datetime] = {}
    for use in job.uses:
        if use.service == namespace:
            last[use.arn] = max(use.at, last.get(use.arn, use.at))

    def shown(entity: tuple[str, str, str, str, str]) -> Answer:
        arn, name, kind, identifier, path = entity
        info = {"Arn": arn, "Name": name, "Type": kind, "Id": identifier, "Path": path}
        return {"EntityInfo": info} | ({"LastAuthenticated": _second(last[arn])} if arn in last else {})

    entities = job.entities if namespace in job.services else ()
    return _finished(job) | page_of(
        call, request, "EntityDetailsList", entities, key=lambda entity: entity[0], render=shown
    )


def _find(unit: Unit, arn: str) -> Entity:
    kind, _, rest = arn.rpartition(":")[2].partition("/")
    found: Entity | None = None
    if kind == "policy":
        found = find_policy(unit, arn)
    elif kind in _KINDS:
        found = lookup(unit, _KINDS[kind], rest.rpartition("/")[2])
    else:
        raise ApiError("InvalidInput", f"ARN {arn} is not valid.")
    if found is None or found.arn != arn:
        raise ApiError("NoSuchEntity", f"ARN {arn} cannot be found.")
    return found


_KINDS: dict[str, type[User] | type[Group] | type[Role]] = {"user": User, "group": Group, "role": Role}


def _people(unit: Unit, entity: Entity) -> Iterator[User | Role]:
    """Whose use counts: the user or role itself, a group's users, and all who have a policy."""
    if isinstance(entity, (User, Role)):
        yield entity
    elif isinstance(entity, Group):
        yield from every(unit, User, {"groups": Contains(entity.folded)})
    else:
        seen: dict[str, User | Role] = {}
        for group in attached_to_policy(unit, Group, entity.arn):
            seen |= {user.arn: user for user in every(unit, User, {"groups": Contains(group.folded)})}
        seen |= {user.arn: user for user in attached_to_policy(unit, User, entity.arn)}
        seen |= {role.arn: role for role in attached_to_policy(unit, Role, entity.arn)}
        yield from seen.values()


def _job(call: Call, identifier: str) -> Job:
    entry = call.unit.state_get(_NAMESPACE, identifier)
    job = _decode(entry.value) if entry is not None else None
    if job is None or job.asker != call.principal.principal_id:
        raise ApiError("NoSuchEntity", f"Cannot find requested job id: {identifier}")
    return job


def _finished(job: Job) -> Answer:
    made_at = _second(job.made_at)
    return {"JobStatus": "COMPLETED", "JobCreationDate": made_at, "JobCompletionDate": made_at}


def _shown_service(job: Job, namespace: str) -> Answer:
    uses = [use for use in job.uses if use.service == namespace]
    shown: Answer = {
        "ServiceName": service_title(namespace) or namespace,
        "ServiceNamespace": namespace,
        "TotalAuthenticatedEntities": len({use.arn for use in uses}),
    }
    if uses:
        last = _latest(uses)
        shown |= {
            "LastAuthenticated": _second(last.at),
            "LastAuthenticatedEntity": last.arn,
            "LastAuthenticatedRegion": last.region,
        }
    if uses and job.granularity == "ACTION_LEVEL":
        by_action = {use.action: _latest(each for each in uses if each.action == use.action) for use in uses}
        shown["TrackedActionsLastAccessed"] = [
            {
                "ActionName": action,
                "LastAccessedEntity": use.arn,
                "LastAccessedTime": _second(use.at),
                "LastAccessedRegion": use.region,
            }
            for action, use in sorted(by_action.items())
        ]
    return shown


def _latest(uses: Iterable[Use]) -> Use:
    return max(uses, key=lambda use: (use.at, use.arn))


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)
