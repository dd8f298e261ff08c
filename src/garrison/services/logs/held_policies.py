"""Log groups as resources with policies: those of the account that name a group, for whoever asks about access to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.arn import parse_arn
from garrison.policy.glob import compile_pattern
from garrison.services.held_policies import HeldPolicy
from garrison.services.logs.resource_policies import statements_of
from garrison.services.logs.resources import LogGroup, LogResourcePolicy
from garrison.services.logs.service import service

if TYPE_CHECKING:
    from garrison.store import Unit

_KIND, _STREAM = "log-group:", ":log-stream:"


@service.resource_policies(LogGroup.resource_type)
def policies_of_groups(unit: Unit, arn: str | None) -> Iterator[HeldPolicy]:
    """The region's log groups, or the group that an ARN is about: itself, its streams, or all that is in it."""
    found = _group_of(unit, arn) if arn is not None else None
    groups = unit.page(LogGroup) if arn is None else [found] if found is not None else []
    for group in groups:
        yield HeldPolicy(
            arn=group.arn,
            resource_type=LogGroup.resource_type,
            account=group.account,
            created_at=datetime.fromtimestamp(group.created_at / 1000, UTC),
            text=_text(unit, group),
        )


def _group_of(unit: Unit, arn: str) -> LogGroup | None:
    parsed = parse_arn(arn)
    if parsed is None or parsed.service != "logs" or not parsed.resource.startswith(_KIND):
        return None
    name = parsed.resource.removeprefix(_KIND).partition(":")[0]
    return unit.get(LogGroup, name, account=parsed.account, region=parsed.region)


def _text(unit: Unit, group: LogGroup) -> str | None:
    held = unit.page(LogResourcePolicy, account=group.account, region=group.region)
    concerning = [one for one in statements_of(each.document for each in held) if _concerns(one, group.arn)]
    return codec.encode({"Version": "2012-10-17", "Statement": concerning}).decode() if concerning else None


def _concerns(statement: Mapping[str, Any], arn: str) -> bool:
    """Whether a statement may be about a group or anything in it."""
    written = statement.get("Resource")
    if written is None:
        return True  # NotResource
    patterns = [written] if isinstance(written, str) else written
    return any(_may_mean(pattern, arn) for pattern in patterns)


def _may_mean(pattern: str, arn: str) -> bool:
    group = pattern.partition(_STREAM)[0].removesuffix(":*")
    return compile_pattern(group)(arn) or compile_pattern(pattern)(f"{arn}{_STREAM}")
