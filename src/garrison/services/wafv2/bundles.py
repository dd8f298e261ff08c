"""What an adapter is handed: a web ACL as a bundle with everything that it refers to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from garrison import codec
from garrison.services.wafv2.documents import rules_of
from garrison.services.wafv2.managed_groups import standing_versions
from garrison.services.wafv2.naming import at_arn
from garrison.services.wafv2.referring import references
from garrison.services.wafv2.resources import (
    Entity,
    IPSet,
    LoggingConfiguration,
    RegexPatternSet,
    Ruled,
    RuleGroup,
    WebACL,
)
from garrison.waf.bundle import Bundle
from garrison.waf.document import RuleGroup as RuleGroupDocument
from garrison.waf.document import WebACL as WebACLDocument

if TYPE_CHECKING:
    from garrison.store import Unit


def bundle_of(unit: Unit, web_acl: WebACL, logging: LoggingConfiguration | None) -> Bundle:
    """A web ACL's bundle as things stand in this unit."""
    groups: dict[str, RuleGroup] = {}
    entities = dict(_referred(unit, web_acl))
    for arn, entity in tuple(entities.items()):
        if isinstance(entity, RuleGroup):
            groups[arn] = entity
            entities.update(_referred(unit, entity))
    bundle = Bundle(
        web_acl=msgspec.convert(_document(web_acl), WebACLDocument),
        rule_groups={arn: msgspec.convert(_document(group), RuleGroupDocument) for arn, group in groups.items()},
        ip_sets={arn: one.addresses for arn, one in entities.items() if isinstance(one, IPSet)},
        regex_sets={arn: one.patterns for arn, one in entities.items() if isinstance(one, RegexPatternSet)},
        versions=standing_versions(rules_of(web_acl.document)),
        logging=logging.document if logging is not None else None,
    )
    return replace(bundle, digest=hashlib.sha256(codec.encode_canonical(bundle)).hexdigest())


def _referred(unit: Unit, holder: Ruled) -> Iterable[tuple[str, Entity]]:
    for kind, arn in references(rules_of(holder.document)):
        entity = at_arn(unit, kind, arn)
        if entity is not None:
            yield arn, entity


def _document(entity: Ruled) -> dict[str, Any]:
    """The entity in the form of the engine's documents, which is the API's."""
    return entity.document | {
        "Name": entity.name,
        "Id": entity.id,
        "ARN": entity.arn,
        "Capacity": entity.capacity,
        "LabelNamespace": entity.label_namespace,
    }
