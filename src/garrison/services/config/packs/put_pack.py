"""Put a pack: its rules are there, or changed, or gone, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.errors import ApiError
from garrison.rules.packs import PackRule
from garrison.services.config.packs.naming import of_pack, on_pack, rules_of
from garrison.services.config.packs.resources import ConformancePack
from garrison.services.config.packs.templates import Read, invalid_template, parameters_text, read_template
from garrison.services.config.rules.naming import new_id
from garrison.services.config.rules.put_rule import MOST_RULES, tell_of_change
from garrison.services.config.rules.removing import remove
from garrison.services.config.rules.resources import ConfigRule
from garrison.services.config.rules.sources import Source, scope_of
from garrison.services.config.service import service
from garrison.services.config.tags import checked_tags, request_tags, taggable

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call

taggable("conformance-pack", ConformancePack)

MOST_PACKS, MOST_PACK_RULES = 50, 130
"""Packs of an account in a region, and rules of a pack (AWS Config Developer Guide, "Service Limits")."""
MOST_NAME = 128


def _context(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    return request_tags(request) | of_pack(call, request)


@service.operation(
    "PutConformancePack", needs={"config:PutConformancePack": on_pack}, context=_context, prepare=read_template
)
def put_conformance_pack(call: Call, request: shapes.PutConformancePackRequestTypeDef) -> dict[str, Any]:
    """The pack as its template says, with its parameters put in; its rules judge soon after."""
    read: Read = call.evidence
    old = call.unit.get(ConformancePack, request["ConformancePackName"])
    if old is None and call.unit.count(ConformancePack) >= MOST_PACKS:
        raise ApiError(
            "MaxNumberOfConformancePacksExceededException",
            f"The maximum number of conformance packs, {MOST_PACKS}, is reached.",
        )
    if len(read.pack.rules) > MOST_PACK_RULES:
        raise invalid_template(f"a pack has at most {MOST_PACK_RULES} rules")
    pack = ConformancePack(
        account=call.account,
        region=call.region,
        name=request["ConformancePackName"],
        pack_id=old.pack_id if old is not None else new_id("conformance-pack", 9),
        tags=old.tags if old is not None else checked_tags(request.get("Tags") or ()),
        revision=old.revision if old is not None else 0,
        delivery_bucket=request.get("DeliveryS3Bucket") or None,
        delivery_prefix=request.get("DeliveryS3KeyPrefix") or None,
        input_parameters=tuple(
            (each["ParameterName"], each["ParameterValue"])
            for each in request.get("ConformancePackInputParameters") or ()
        ),
        requested_at=call.at,
        not_implemented=read.not_implemented,
        rule_count=len(read.pack.rules),
    )
    if old is None:
        call.unit.add(pack)
    else:
        call.unit.save(pack)
    _put_rules(call, pack, read)
    tell_of_change(call)
    return {"ConformancePackArn": pack.arn}


def _put_rules(call: Call, pack: ConformancePack, read: Read) -> None:
    before = {rule.name: rule for rule in rules_of(call.unit, pack)}
    wanted = dict(_rule(call, pack, each, source) for each, source in zip(read.pack.rules, read.sources, strict=True))
    if len(wanted) != len(read.pack.rules):
        raise invalid_template("two of its rules have the same name")
    for name, rule in before.items():
        if name not in wanted:
            remove(call, rule)
    if call.unit.count(ConfigRule) + len(wanted.keys() - before.keys()) > MOST_RULES:
        raise ApiError(
            "MaxNumberOfConformancePacksExceededException",
            f"The pack's rules would be more than the maximum number of config rules: {MOST_RULES}.",
        )
    for name, rule in wanted.items():
        old = before.get(name)
        if old is None:
            call.unit.add(rule)
        elif _says_something_else(old, rule):
            call.unit.save(msgspec.structs.replace(rule, rule_id=old.rule_id, revision=old.revision, tags=old.tags))


def _says_something_else(old: ConfigRule, new: ConfigRule) -> bool:
    kept = {"rule_id": old.rule_id, "revision": old.revision, "tags": old.tags, "put_at": old.put_at}
    return msgspec.structs.replace(new, **kept) != old


def _rule(call: Call, pack: ConformancePack, each: PackRule, source: Source) -> tuple[str, ConfigRule]:
    name = f"{each.name}-{pack.pack_id}"
    if len(name) > MOST_NAME:
        raise invalid_template(f"the name {each.name} is too long")
    rule = ConfigRule(
        account=pack.account,
        region=pack.region,
        name=name,
        rule_id=new_id("config-rule", 6),
        description=each.description or None,
        scope=scope_of(each.scope),
        input_parameters=parameters_text(each),
        frequency=each.frequency,
        pack=pack.pack_id,
        put_at=call.at,
        **msgspec.structs.asdict(source),
    )
    return name, rule
