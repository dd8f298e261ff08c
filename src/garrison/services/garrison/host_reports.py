"""PutHostReport: a host tells what it found on itself, and of nobody else; who may scan without an agent tells of the hosts it may."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.hosts import Hosts, Outdated, Reported, open_hosts
from garrison.hosts.file import decode
from garrison.scan import sending
from garrison.services.garrison.faults import invalid
from garrison.services.garrison.service import service
from garrison.services.rolesanywhere.hosts import Host, host_arn

if TYPE_CHECKING:
    from datetime import datetime

    from garrison.services.call import Call, Parts

Request = Mapping[str, Any]
Shown = dict[str, Any]

SHORTEST_BETWEEN = timedelta(minutes=1)
"""Between two reports that are kept of one host's own."""
MOST_ATTEMPTS = 10
"""In that time, of one host at one worker, whatever comes of them: none is unpacked beyond."""
MOST_SENT_BYTES = 4 * 1024 * 1024
_INSTANCE = re.compile(r"i-[0-9a-f]{8,17}")
_attempts: dict[str, deque[datetime]] = {}
_MOST_REMEMBERED = 10_000


def reports_of(parts: Parts) -> Hosts:
    """The file of hosts' reports."""
    return open_hosts(parts.settings.home_path, sync=not parts.settings.ephemeral)


def own_host(call: Call) -> str | None:
    """The name of the enrolled host whose session calls, where one does."""
    session = call.principal.session
    arn = parse_arn(session.host) if session is not None and session.host else None
    return arn.resource.partition("/")[2] if arn is not None and session is not None else None


def named_host(call: Call, request: Request) -> str:
    """The ARN of the host that a request is about: the named one, else the caller itself."""
    name = request.get("Host") or own_host(call)
    if not name:
        raise invalid("Host must be given by a caller that is no host itself.")
    return host_arn(call.region, call.account, name)


@service.operation(
    "PutHostReport",
    needs={"garrison:PutHostReport": named_host},
    read_only=False,
    stored_apart=True,
    hidden=("Report",),
)
def put_host_report(call: Call, request: Request) -> Shown:
    """Keep a report in the place of the host's last one; a delta only where its base is that."""
    host = _reporting(call, request)
    name, hosts = host.name if host else str(request["Host"]), reports_of(call.parts)
    last = hosts.about(call.account, call.region, name)
    if host is not None and own_host(call) is not None:
        _check_pace(call, host, last)
    content = _content(call, request, name, hosts)
    if request.get("Digest") not in (None, sending.digest(content)):
        raise invalid("The report has another digest than it says.")
    try:
        kept = hosts.put(
            call.account,
            call.region,
            name,
            content,
            instance=host.host_id if host is not None else _instance(call, name, content, hosts),
            sequence=request.get("Sequence"),
            reporter=call.principal.arn,
            at=call.at,
        )
    except Outdated as problem:
        raise ApiError("ConflictException", f"The report is an old one. {problem}", status=409) from None
    except sending.Undeliverable as problem:
        raise invalid(str(problem)) from None
    arn = host_arn(call.region, call.account, name)
    call.resources.append({"ARN": arn, "accountId": call.account, "type": Host.resource_type})
    return {"Host": name, "InstanceId": kept.instance, "LastReport": shown_report(kept)}


def shown_report(kept: Reported) -> Shown:
    """What is known of a host's last report without reading it."""
    return {
        "Sequence": kept.sequence,
        "Digest": kept.digest,
        "TakenAt": kept.taken_at,
        "ReceivedAt": kept.received_at,
        "Reporter": kept.reporter,
    }


def _reporting(call: Call, request: Request) -> Host | None:
    """The enrolled host that the report is about; None for one that has no agent. A host may speak for itself alone."""
    own, session = own_host(call), call.principal.session
    arn = named_host(call, request)
    if own is not None and session is not None and session.host != arn:
        raise ApiError("AccessDeniedException", "A host reports about itself only.", status=403)
    host = call.unit.get(Host, arn.rpartition("/")[2])
    if own is not None and (host is None or host.is_revoked or host.enrolled_at is None):
        raise ApiError("AccessDeniedException", "The host is not enrolled.", status=403)
    return host


def _check_pace(call: Call, host: Host, last: Reported | None) -> None:
    if len(_attempts) > _MOST_REMEMBERED:
        _attempts.clear()
    tried = _attempts.setdefault(host.arn, deque(maxlen=MOST_ATTEMPTS))
    is_flood = len(tried) == MOST_ATTEMPTS and timedelta(0) <= call.at - tried[0] < SHORTEST_BETWEEN
    is_early = last is not None and timedelta(0) <= call.at - last.received_at < SHORTEST_BETWEEN
    if is_flood or is_early:
        raise ApiError("ThrottlingException", "A host reports once a minute at most.", status=429)
    tried.append(call.at)


def _content(call: Call, request: Request, name: str, hosts: Hosts) -> bytes:
    """The whole report, unpacked within limits."""
    sent, base = request["Report"], request.get("Base")
    if len(sent) > MOST_SENT_BYTES:
        raise invalid(f"The report is larger than {MOST_SENT_BYTES} bytes.")
    try:
        if base is None:
            return sending.decompressed(sent, sending.MOST_BYTES)
        if request.get("Digest") is None:
            raise invalid("A delta says the digest of what it makes.")
        held = hosts.content(call.account, call.region, name)
        if held is None or sending.digest(held) != base:
            raise ApiError(
                "BaseNotFoundException", "The base is not the last report: send the whole report.", status=409
            )
        return sending.applied(held, sending.decompressed(sent, sending.MOST_DELTA_BYTES))
    except sending.Undeliverable as problem:
        raise invalid(str(problem)) from None


def _instance(call: Call, name: str, content: bytes, hosts: Hosts) -> str:
    """The instance id of a host without an agent: what its report says, unless that is another's; else the one it had, or one made
    of its name."""
    try:
        said = decode(content).inventory.instance
    except sending.Undeliverable as problem:
        raise invalid(str(problem)) from None
    if _INSTANCE.fullmatch(said):
        if call.unit.page(Host, where={"host_id": said}, limit=1):
            raise invalid(f"{said} is the id of another host.")
        if all(one.host == name for one in hosts.of_instance(call.account, call.region, said)):
            return said
    kept = hosts.about(call.account, call.region, name)
    if kept is not None:
        return kept.instance
    digest = sending.digest(f"{call.account}/{call.region}/{name}".encode())
    return f"i-{digest[:17]}"
