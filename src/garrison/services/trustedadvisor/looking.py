"""Look at an account of this server where Config does not record it: through the Describe APIs, by Trusted Advisor's service-linked role.

The account says whether it may by making the role (CreateServiceLinkedRole for trustedadvisor.amazonaws.com); what the role may not read is
unknown. Nothing of what is seen is kept but the advice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from garrison.collect import Seen, Target
from garrison.collect.catalog import services as collectable
from garrison.collect.work import Work, collected_from
from garrison.errors import ApiError
from garrison.items import Item
from garrison.rules.registry import ACCOUNT
from garrison.rules.unseen import unseen_of
from garrison.services.config.recorder.finding import recorder_of
from garrison.services.iam.naming import folded, lookup
from garrison.services.iam.resources import Role
from garrison.services.iam.service_linked_roles import ROLE_NAMES
from garrison.services.inside_reading import InsideUpstream, is_kept
from garrison.services.role_sessions import Acting, RoleSessions
from garrison.services.trustedadvisor.service import PRINCIPAL

if TYPE_CHECKING:
    from garrison.collect import Outcome
    from garrison.services.background import Workplace

NOT_KEPT = "Garrison keeps no such resources"
"""Also of what EC2 tells of the account in the region; that there is the region is known."""
_PARTITION = "aws"
_sessions = RoleSessions(PRINCIPAL, "TrustedAdvisor")


def acting_for(place: Workplace, account: str) -> Acting | None:
    """By which role to look at an account; None where Config records it, or where it has made no role."""
    region = place.parts.settings.region
    with place.parts.store.reading(account, region) as unit:
        recorder = recorder_of(unit)
        role = lookup(unit, Role, folded(ROLE_NAMES[PRINCIPAL]))
    if role is None or role.service_linked_to != PRINCIPAL or (recorder is not None and recorder.is_recording):
        return None
    return Acting(account, region, f"arn:aws:trustedadvisor::{account}:preferences", role.arn)


def looked_at(
    place: Workplace, acting: Acting, types: Mapping[str, frozenset[str]], now: datetime
) -> tuple[list[Item], dict[str, str]]:
    """The items of types with the parts that are wanted, and why some could not be seen wholly; of types that there are none of here, there are none."""

    def ask(name: str, operation: str, params: dict[str, Any], region: str) -> dict[str, Any]:
        return _sessions.call(place.parts, acting, name, operation, params, region=region, now=now) or {}

    try:  # nothing can be seen where the role cannot be assumed
        ask("sts", "GetCallerIdentity", {}, acting.region)
    except ApiError as problem:
        return [], dict.fromkeys(types, f"the role {acting.role_arn} cannot be assumed: {problem.code}")
    upstream = InsideUpstream(ask)
    items, outcomes = list[Item](), list["Outcome"]()
    for collected in collectable():
        wanted = tuple(kind.name for kind in collected.types if kind.name in types and is_kept(collected.name, kind))
        if not wanted:
            continue
        work = Work(
            run="trustedadvisor",
            target=Target(),
            account=acting.account,
            partition=_PARTITION,
            service=collected.name,
            region=acting.region,
            regions=(acting.region,),
            types=wanted,
            at=now,
            parts=tuple((name, types[name]) for name in wanted),
        )
        result = collected_from(lambda: upstream, work)
        items += result.items
        outcomes += result.outcomes
    unseen = dict.fromkeys(set(types) - {one.resource_type for one in outcomes}, NOT_KEPT)
    unknown = [(one.resource_type, one.region, one.reason) for one in outcomes if one.seen is Seen.UNKNOWN]
    reasons, places = unseen_of(acting.account, [*unknown, (ACCOUNT, acting.region, NOT_KEPT)], now)
    return [*items, *places], unseen | reasons
