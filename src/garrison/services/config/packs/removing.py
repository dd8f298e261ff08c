"""Remove a pack with its rules and what they have said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.services.config.packs.naming import find_pack, of_pack, on_pack, rules_of
from garrison.services.config.rules.put_rule import tell_of_change
from garrison.services.config.rules.removing import remove
from garrison.services.config.service import service

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call


@service.operation("DeleteConformancePack", needs={"config:DeleteConformancePack": on_pack}, context=of_pack)
def delete_conformance_pack(call: Call, request: shapes.DeleteConformancePackRequestTypeDef) -> None:
    """The pack, its rules and their verdicts are gone."""
    pack = find_pack(call.unit, request["ConformancePackName"])
    for rule in rules_of(call.unit, pack):
        remove(call, rule)
    call.unit.remove(pack)
    tell_of_change(call)
