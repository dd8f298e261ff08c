"""Packs as requests name them: found, and authorised by their ARNs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.config.faults import no_such_pack
from garrison.services.config.packs.resources import ConformancePack, pack_arn
from garrison.services.config.paging import position_of
from garrison.services.config.rules.resources import ConfigRule

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit


def find_pack(unit: Unit, name: str) -> ConformancePack:
    """The pack of a name; raises NoSuchConformancePackException."""
    pack = unit.get(ConformancePack, name)
    if pack is None:
        raise no_such_pack(name)
    return pack


def packs_asked(call: Call, request: Mapping[str, Any], size: int) -> list[ConformancePack]:
    """The packs that a request names, else those after its token, one more than a page holds."""
    after, names = position_of(call, request, str), request.get("ConformancePackNames")
    if not names:
        return call.unit.page(ConformancePack, after=(after,) if after is not None else None, limit=size + 1)
    found = [find_pack(call.unit, name) for name in sorted(set(names))]
    return [pack for pack in found if after is None or pack.name > after][: size + 1]


def rules_of(unit: Unit, pack: ConformancePack) -> list[ConfigRule]:
    """The rules of a pack, in the order of their names."""
    return unit.page(ConfigRule, where={"pack": pack.pack_id})


def on_pack(call: Call, request: Mapping[str, Any]) -> str:
    """The ARN of the pack that a request names; of one that is not there, of all with its name."""
    return _arn_of(call, request["ConformancePackName"])


def on_packs(call: Call, request: Mapping[str, Any]) -> list[str]:
    """The ARNs of the packs that a request names."""
    return [_arn_of(call, name) for name in request["ConformancePackNames"]]


def _arn_of(call: Call, name: str) -> str:
    pack = call.unit.get(ConformancePack, name)
    return pack.arn if pack is not None else pack_arn(call.region, call.account, f"{name}/*")


def of_pack(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The condition values that the tags of the pack that a request names give."""
    pack = call.unit.get(ConformancePack, request["ConformancePackName"])
    return {f"aws:ResourceTag/{key}": value for key, value in pack.tags.items()} if pack is not None else {}
