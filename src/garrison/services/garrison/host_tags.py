"""Tags of hosts, by which assessments choose them: given by operators; a host says its own only where its invitation lets it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.garrison.faults import invalid, not_found
from garrison.services.garrison.service import service
from garrison.services.rolesanywhere.hosts import Host, host_arn

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]
Shown = dict[str, Any]

MOST_TAGS = 50


def checked(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Tags as they may be; refused where they may not."""
    found: dict[str, str] = {}
    for tag in tags:
        if tag["Key"] in found:
            raise invalid(f"The tag {tag['Key']} is given more than once.")
        found[tag["Key"]] = tag["Value"]
    check_keys(found)
    return found


def check_keys(keys: Iterable[str]) -> None:
    """Refuse keys of the system's, and more than a host may have."""
    listed = list(keys)
    if any(key.lower().startswith("aws:") for key in listed):
        raise invalid("Tag keys that begin with aws: are reserved for the system.")
    if len(listed) > MOST_TAGS:
        raise invalid(f"A host has at most {MOST_TAGS} tags.")


def chosen(request: Request, allowed: Iterable[str]) -> dict[str, str]:
    """The tags that a host gives itself when it enrolls; refused where its invitation does not let it choose them."""
    tags = checked(request.get("Tags") or ())
    others = sorted(tags.keys() - set(allowed))
    if others:
        message = f"The invitation does not let hosts choose the tag {others[0]}: its operator has to allow it."
        raise ApiError("AccessDeniedException", message, status=403)
    return tags


def shown_tags(tags: Mapping[str, str]) -> list[Shown]:
    """Tags as answers show them, by key."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def request_context(call: Call, request: Request) -> Shown:
    """The condition values of the tags that a request brings."""
    tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags") or ()}
    keys = list(tags or request.get("TagKeys") or ())
    return {f"aws:RequestTag/{key}": value for key, value in tags.items()} | ({"aws:TagKeys": keys} if keys else {})


def _context(call: Call, request: Request) -> Shown:
    host = call.unit.get(Host, request["Host"])
    known = {f"aws:ResourceTag/{key}": value for key, value in (host.tags if host is not None else {}).items()}
    return known | request_context(call, request)


def _named(call: Call, request: Request) -> str:
    return host_arn(call.region, call.account, request["Host"])


@service.operation("TagHost", needs={"garrison:TagHost": _named}, context=_context)
def tag_host(call: Call, request: Request) -> Shown:
    """Give a host tags, or change them."""
    host = _found(call, request)
    tags = host.tags | checked(request["Tags"])
    check_keys(tags)
    return {"Tags": shown_tags(call.unit.save(replace(host, tags=tags)).tags)}


@service.operation("UntagHost", needs={"garrison:UntagHost": _named}, context=_context)
def untag_host(call: Call, request: Request) -> Shown:
    """Take tags from a host."""
    host, gone = _found(call, request), set(request["TagKeys"])
    left = {key: value for key, value in host.tags.items() if key not in gone}
    return {"Tags": shown_tags(call.unit.save(replace(host, tags=left)).tags)}


def _found(call: Call, request: Request) -> Host:
    host = call.unit.get(Host, request["Host"])
    if host is None:
        raise not_found(f"There is no host {request['Host']} that was invited.")
    return host
