"""StartReplay, GetReplay, ListReplays, StopReplay and DeleteReplay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from garrison import codec
from garrison.errors import ApiError
from garrison.identifiers import event_id
from garrison.services.call import Call
from garrison.services.garrison.callers import arn_of, named_entity
from garrison.services.garrison.estates import known_estate
from garrison.services.garrison.faults import invalid, not_found
from garrison.services.garrison.replays.config_rules import CONFIG_RULE, asked_of
from garrison.services.garrison.replays.drafts import replayed_of
from garrison.services.garrison.replays.resources import FINISHED, STOPPED, UNDER_WAY, Replay
from garrison.services.garrison.replays.results import results_of
from garrison.services.garrison.replays.web_acls import WEB_ACL, draft_of
from garrison.services.garrison.service import service
from garrison.services.page_tokens import key_of, page_token

Request = Mapping[str, Any]
Shown = dict[str, Any]

MOST_GROUPS = 100
MOST_LISTED = 100
_LATEST = 2**62
_NOTHING: Shown = {"Skipped": 0, "Ungrouped": 0, "Groups": [], "Resources": [], "Alarms": []}
"""What a replay's results have none of, depending on its kind."""


def _replay_arn(call: Call, request: Request) -> str:
    return f"arn:aws:garrison::{call.account}:replay/{request['ReplayId']}"


@service.operation("StartReplay", needs={"garrison:StartReplay": "*"})
def start_replay(call: Call, request: Request) -> Shown:
    """Ask for a replay. It is checked at once, and runs in the background."""
    start, end = request.get("StartTime"), request.get("EndTime")
    if start is not None and end is not None and start > end:
        raise invalid("StartTime is after EndTime.")
    other = request.get("AccountId")
    if other is not None and call.account not in {other, call.parts.settings.account_id}:
        raise ApiError("AccessDeniedException", "Only the account that the server was made for may ask about others.")
    replay = Replay(
        account=call.account,
        created_at_key=_LATEST - int(call.at.timestamp() * 1_000_000),
        replay_id=event_id(),
        kind=request["Kind"],
        document=request.get("Document"),
        principal=_principal(call, request, other),
        resource=request.get("Resource"),
        replaces=request.get("Replaces"),
        of_account=other if other != call.account else None,
        started_by=call.principal.arn,
        created_at=call.at,
        start=start,
        end=end,
    )
    _check(call, replay)
    call.unit.add(replay)
    return {"ReplayId": replay.replay_id}


def _check(call: Call, replay: Replay) -> None:
    """Raises ValidationException for a draft that cannot be replayed."""
    if replay.kind in {CONFIG_RULE, WEB_ACL}:
        if replay.document is None:
            raise invalid(f"A replay of the kind {replay.kind} needs a Document.")
        if replay.kind == CONFIG_RULE:
            asked_of(replay.document)
        else:
            draft_of(call.parts, replay)
        return
    estate = None
    if replay.of_account is not None:
        estate = known_estate(call.parts.settings.home_path, replay.of_account)
    replayed_of(replay, call.unit, estate, call.parts.settings.sigma_placeholders)


def _principal(call: Call, request: Request, other: str | None) -> str | None:
    """Whom the draft hangs on, as an ARN."""
    named = request.get("Principal")
    if named is None or other not in (None, call.account) or ":group/" in named:
        return named
    if named.startswith("group/"):
        return f"arn:aws:iam::{call.account}:{named}"
    return arn_of(call, named_entity(call, named))


@service.operation("GetReplay", needs={"garrison:GetReplay": _replay_arn}, read_only=True, long=True)
def get_replay(call: Call, request: Request) -> Shown:
    """How a replay stands, and what it found, the largest groups first."""
    replay = _found(call, request)
    answer: Shown = {"Replay": _shown(replay)}
    found = results_of(call.parts.settings.home_path).get(replay.replay_id) if replay.status == FINISHED else None
    if found is None:
        return answer
    results = _NOTHING | codec.decode(found)
    first = _first(call, request.get("NextToken"))
    limit = request.get("MaxResults") or MOST_GROUPS
    answer |= {
        "Totals": results["Totals"],
        "Skipped": results["Skipped"],
        "Ungrouped": results["Ungrouped"],
        "Groups": results["Groups"][first : first + limit],
        "Resources": results["Resources"][first : first + limit],
    }
    if first == 0:
        answer["Alarms"] = results["Alarms"]
    if "UndeterminedUntil" in results:
        answer["UndeterminedUntil"] = results["UndeterminedUntil"]
    if max(len(results["Groups"]), len(results["Resources"])) > first + limit:
        answer["NextToken"] = page_token(call, str(first + limit))
    return answer


@service.operation("ListReplays", needs={"garrison:ListReplays": "*"}, read_only=True)
def list_replays(call: Call, request: Request) -> Shown:
    """The account's replays, the newest first."""
    limit = request.get("MaxResults") or MOST_LISTED
    token = request.get("NextToken")
    after = _key(call, token) if token is not None else None
    found = call.unit.page(Replay, after=after, limit=limit + 1)
    answer: Shown = {"Replays": [_shown(one) for one in found[:limit]]}
    if len(found) > limit:
        last = found[limit - 1]
        answer["NextToken"] = page_token(call, f"{last.created_at_key} {last.replay_id}")
    return answer


@service.operation("StopReplay", needs={"garrison:StopReplay": _replay_arn})
def stop_replay(call: Call, request: Request) -> None:
    """Stop a replay that is under way; one that has ended stays as it is."""
    replay = _found(call, request)
    if replay.status in UNDER_WAY:
        call.unit.save(msgspec.structs.replace(replay, status=STOPPED, finished_at=call.at))


@service.operation("DeleteReplay", needs={"garrison:DeleteReplay": _replay_arn})
def delete_replay(call: Call, request: Request) -> None:
    """Forget a replay and what it found."""
    replay = _found(call, request)
    call.unit.remove(replay)
    home = call.parts.settings.home_path
    call.after_commit.append(lambda: results_of(home).remove(replay.replay_id))


def _found(call: Call, request: Request) -> Replay:
    found = call.unit.page(Replay, where={"replay_id": request["ReplayId"]}, limit=1)
    if not found:
        raise not_found(f"There is no replay {request['ReplayId']}.")
    return found[0]


def _first(call: Call, token: str | None) -> int:
    if token is None:
        return 0
    key = key_of(call, token)
    if key is None or not key.isdigit():
        raise invalid("The token is not valid.")
    return int(key)


def _key(call: Call, token: str) -> tuple[int, str]:
    key = key_of(call, token)
    if key is None:
        raise invalid("The token is not valid.")
    number, replay_id = key.split(" ")
    return int(number), replay_id


def _shown(replay: Replay) -> Shown:
    shown = {
        "ReplayId": replay.replay_id,
        "Kind": replay.kind,
        "Document": replay.document,
        "Principal": replay.principal,
        "Resource": replay.resource,
        "Replaces": replay.replaces,
        "AccountId": replay.of_account or replay.account,
        "StartedBy": replay.started_by,
        "CreatedAt": replay.created_at,
        "StartTime": replay.start,
        "EndTime": replay.end,
        "Status": replay.status,
        "Reason": replay.reason or None,
        "Events": replay.events,
        "FinishedAt": replay.finished_at,
    }
    return {name: value for name, value in shown.items() if value is not None}
