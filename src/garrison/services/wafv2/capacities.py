"""CheckCapacity: what rules would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.services.wafv2.checking import checked_rules
from garrison.services.wafv2.faults import limit_exceeded
from garrison.services.wafv2.naming import scope_of
from garrison.services.wafv2.resources import WebACL
from garrison.services.wafv2.service import service
from garrison.waf.capacity import MOST

if TYPE_CHECKING:
    from types_boto3_wafv2 import type_defs as shapes

    from garrison.services.call import Call


@service.operation("CheckCapacity", needs={"wafv2:CheckCapacity": "*"})
def check_capacity(call: Call, request: shapes.CheckCapacityRequestTypeDef) -> dict[str, Any]:
    """The web ACL capacity units of rules that are right in themselves and refer to what is there."""
    checked = checked_rules(call, request, scope_of(call, request), WebACL)
    if checked.capacity > MOST:
        raise limit_exceeded("WCU")
    return {"Capacity": checked.capacity}
