"""List packs, and how it stands with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.services.config.packs.naming import packs_asked
from garrison.services.config.packs.resources import NOT_IMPLEMENTED_SHOWN, ConformancePack
from garrison.services.config.paging import page_of
from garrison.services.config.service import service

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call

PAGE = 20


@service.operation("DescribeConformancePacks", needs={"config:DescribeConformancePacks": "*"})
def describe_conformance_packs(call: Call, request: shapes.DescribeConformancePacksRequestTypeDef) -> dict[str, Any]:
    """The packs of these names, or all."""
    size = request.get("Limit") or PAGE
    return page_of(
        call,
        packs_asked(call, request, size),
        size,
        "ConformancePackDetails",
        position=lambda pack: pack.name,
        render=_shown,
    )


def _shown(pack: ConformancePack) -> dict[str, Any]:
    members = {"DeliveryS3Bucket": pack.delivery_bucket, "DeliveryS3KeyPrefix": pack.delivery_prefix}
    return {
        "ConformancePackName": pack.name,
        "ConformancePackArn": pack.arn,
        "ConformancePackId": pack.pack_id,
        "ConformancePackInputParameters": [
            {"ParameterName": name, "ParameterValue": value} for name, value in pack.input_parameters
        ],
        "LastUpdateRequestedTime": pack.requested_at,
        **{name: value for name, value in members.items() if value is not None},
    }


@service.operation("DescribeConformancePackStatus", needs={"config:DescribeConformancePackStatus": "*"})
def describe_conformance_pack_status(
    call: Call, request: shapes.DescribeConformancePackStatusRequestTypeDef
) -> dict[str, Any]:
    """How it stands with packs: they are made at once; the reason tells which of their rules are not implemented."""
    size = request.get("Limit") or PAGE
    return page_of(
        call,
        packs_asked(call, request, size),
        size,
        "ConformancePackStatusDetails",
        position=lambda pack: pack.name,
        render=_shown_status,
    )


def _shown_status(pack: ConformancePack) -> dict[str, Any]:
    stack = f"arn:aws:cloudformation:{pack.region}:{pack.account}:stack/awsconfigconforms-{pack.name}-{pack.pack_id}/{pack.pack_id}"
    status: dict[str, Any] = {
        "ConformancePackName": pack.name,
        "ConformancePackId": pack.pack_id,
        "ConformancePackArn": pack.arn,
        "ConformancePackState": "CREATE_COMPLETE",
        "StackArn": stack,
        "LastUpdateRequestedTime": pack.requested_at,
        "LastUpdateCompletedTime": pack.requested_at,
    }
    if pack.not_implemented:
        reason = f"Not implemented, and not counted: {', '.join(pack.not_implemented)}"
        shortened = reason if len(reason) <= NOT_IMPLEMENTED_SHOWN else f"{reason[: NOT_IMPLEMENTED_SHOWN - 1]}…"
        status["ConformancePackStatusReason"] = shortened
    return status
