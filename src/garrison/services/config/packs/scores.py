"""Sum packs up: whether they are complied with, and the share of what was decided that is compliant.

A rule with nothing to judge says nothing of its pack; one that cannot judge leaves it in doubt, as long as no other is broken.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from garrison.services.config.packs.naming import find_pack, on_packs, packs_asked, rules_of
from garrison.services.config.packs.resources import ConformancePack
from garrison.services.config.paging import page_of, position_of
from garrison.services.config.rules.compliance import counts_of
from garrison.services.config.rules.naming import verdicts_of
from garrison.services.config.service import service
from garrison.verdicts import looking, work
from garrison.verdicts.looking import Counts

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call

PAGE = 20
NO_SCORE = "INSUFFICIENT_DATA"


@service.operation(
    "GetConformancePackComplianceSummary",
    needs={"config:GetConformancePackComplianceSummary": on_packs},
    long=True,
)
def get_conformance_pack_compliance_summary(
    call: Call, request: shapes.GetConformancePackComplianceSummaryRequestTypeDef
) -> dict[str, Any]:
    """Whether packs are complied with."""
    size = request.get("Limit") or PAGE
    return page_of(
        call,
        packs_asked(call, request, size),
        size,
        "ConformancePackComplianceSummaryList",
        position=lambda pack: pack.name,
        render=lambda pack: {
            "ConformancePackName": pack.name,
            "ConformancePackComplianceStatus": _compliance(call, pack),
        },
    )


def _compliance(call: Call, pack: ConformancePack) -> str:
    rules = rules_of(call.unit, pack)
    counts = counts_of(call, rules)
    total = Counts(*map(sum, zip(*counts.values(), strict=True))) if counts else Counts()
    if total.non_compliant or total.insufficient or not total.compliant:
        return total.compliance
    with verdicts_of(call.parts).reading() as db:
        states = [work.state_of(db, rule.key) for rule in rules]
    is_in_doubt = any(state.error_code is not None or not state.has_started for state in states)
    return NO_SCORE if is_in_doubt else total.compliance


@service.operation(
    "ListConformancePackComplianceScores", needs={"config:ListConformancePackComplianceScores": "*"}, long=True
)
def list_conformance_pack_compliance_scores(
    call: Call, request: shapes.ListConformancePackComplianceScoresRequestTypeDef
) -> dict[str, Any]:
    """The share of compliant verdicts among those that were decided, in percent, of packs in order."""
    filters: Mapping[str, Any] = request.get("Filters") or {}
    names = filters.get("ConformancePackNames")
    packs = [find_pack(call.unit, name) for name in sorted(set(names))] if names else call.unit.page(ConformancePack)
    found = [(pack, *_score(call, pack)) for pack in packs]
    is_descending = request.get("SortOrder") == "DESCENDING"
    if request.get("SortBy") == "SCORE":  # packs without a score come last where scores rise, first where they fall
        found.sort(key=lambda each: (each[1] is None, each[1] or 0.0, each[0].name), reverse=is_descending)
    else:
        found.sort(key=lambda each: each[0].name, reverse=is_descending)
    after, size = position_of(call, request, str), request.get("Limit") or PAGE
    start = next((number for number, each in enumerate(found, 1) if each[0].name == after), 0)
    return page_of(
        call,
        found[start : start + size + 1],
        size,
        "ConformancePackComplianceScores",
        position=lambda each: each[0].name,
        render=lambda each: {
            "ConformancePackName": each[0].name,
            "Score": NO_SCORE if each[1] is None else f"{each[1]:.2f}",
            "LastUpdatedTime": each[2],
        },
    )


def _score(call: Call, pack: ConformancePack) -> tuple[float | None, datetime]:
    """The score in percent, None where nothing was decided; and when that last changed."""
    rules = rules_of(call.unit, pack)
    counts = counts_of(call, rules).values()
    compliant, decided = sum(one.compliant for one in counts), sum(one.compliant + one.non_compliant for one in counts)
    with verdicts_of(call.parts).reading() as db:
        at = looking.last_recorded(db, pack.account, pack.region, [rule.rule_id for rule in rules])
    return (100 * compliant / decided if decided else None), at or pack.requested_at
