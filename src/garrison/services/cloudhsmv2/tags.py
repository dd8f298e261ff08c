"""Tags of clusters and backups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.cloudhsmv2.naming import Request, find_backup, find_cluster, tagged_values
from garrison.services.cloudhsmv2.paging import page_of
from garrison.services.cloudhsmv2.resources import Backup, Cluster, cloudhsm_arn
from garrison.services.cloudhsmv2.service import service
from garrison.services.cloudhsmv2.tag_rules import checked_number, checked_tags, shown_tags

if TYPE_CHECKING:
    from types_boto3_cloudhsmv2 import type_defs as shapes

    from garrison.services.call import Call

_VALUES = tagged_values("ResourceId")


def _arn(call: Call, request: Request) -> str:
    name: str = request["ResourceId"]
    return cloudhsm_arn(call.region, call.account, name.partition("-")[0], name)


def _find(call: Call, name: str) -> Cluster | Backup:
    return find_cluster(call, name) if name.startswith("cluster-") else find_backup(call, name)


@service.operation("TagResource", needs={"cloudhsm:TagResource": _arn}, context=_VALUES)
def tag_resource(call: Call, request: shapes.TagResourceRequestTypeDef) -> None:
    """Add tags, or give those that are there new values."""
    found = _find(call, request["ResourceId"])
    call.unit.save(replace(found, tags=checked_number(found.tags | checked_tags(request["TagList"]))))


@service.operation("UntagResource", needs={"cloudhsm:UntagResource": _arn}, context=_VALUES)
def untag_resource(call: Call, request: shapes.UntagResourceRequestTypeDef) -> None:
    """Take tags off; keys that are not there are passed over."""
    found, gone = _find(call, request["ResourceId"]), set(request["TagKeyList"])
    call.unit.save(replace(found, tags={key: value for key, value in found.tags.items() if key not in gone}))


@service.operation("ListTags", needs={"cloudhsm:ListTags": _arn}, context=_VALUES)
def list_tags(call: Call, request: shapes.ListTagsRequestTypeDef) -> dict[str, Any]:
    """The tags of a cluster or a backup."""
    found = shown_tags(_find(call, request["ResourceId"]).tags)
    page, more = page_of(call, request, "TagList", found, lambda tag: tag["Key"], 100)
    return {"TagList": page} | more
