"""Rule groups that other accounts may use: the resource policy that shares one, and what it lets them do.

Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_PutPermissionPolicy.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.services.wafv2.resources import Entity

if TYPE_CHECKING:
    from garrison.services.call import Call


def may_use(call: Call, entity: Entity) -> bool:
    """Whether the calling account may refer to an entity: it is its own, in this region."""
    return (entity.account, entity.region) == (call.account, call.region)
