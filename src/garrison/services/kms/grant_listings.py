"""ListGrants and ListRetirableGrants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.services.kms.access import key_context, needed_key_by_id
from garrison.services.kms.declaring import key_operation
from garrison.services.kms.failures import access_denied, invalid
from garrison.services.kms.finding import find_key
from garrison.services.kms.grant_rules import principal_in
from garrison.services.kms.grants import find_grant, for_service
from garrison.services.kms.paging import limit_of, page, position
from garrison.services.kms.resources import Grant, key_arn
from garrison.services.kms.service import service
from garrison.services.organizations.members import accounts_in

if TYPE_CHECKING:
    from garrison.services.call import Call

USUAL_RESULTS, MOST_RESULTS = 50, 100


def _listed(call: Call, request: Mapping[str, Any], action: str, arn: str) -> dict[str, Any]:
    return key_context(call, request, action, arn) | for_service(call)


@key_operation("ListGrants", on=needed_key_by_id, context=_listed)
def list_grants(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A key's grants: all, one, or those of a grantee."""
    key = find_key(call, request["KeyId"], takes_alias=False)
    grantee = request.get("GranteePrincipal") or request.get("GranteeServicePrincipal")
    if request.get("GrantId"):
        found = [find_grant(call, key, request["GrantId"])]
        found = [grant for grant in found if grantee in (None, grant.grantee)]
    else:
        limit = limit_of(request, USUAL_RESULTS, MOST_RESULTS)
        where = {"key_id": key.id} | ({"grantee": grantee} if grantee else {})
        after = (key.id, position(call, request) or "")
        found = call.unit.page(Grant, where=where, after=after, limit=limit + 1, account=key.account)
    return page(
        call, request, "Grants", found, _shown, lambda grant: str(grant.id), usual=USUAL_RESULTS, most=MOST_RESULTS
    )


@service.operation("ListRetirableGrants", needs={"kms:ListRetirableGrants": "*"})
def list_retirable_grants(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The grants on keys of any account here that a principal of the caller's account may retire."""
    retiring = principal_in(call, request, "Retiring")
    if retiring is None:
        raise invalid("Specify either RetiringPrincipal or RetiringServicePrincipal.")
    arn = parse_arn(retiring)
    if arn is not None and arn.account != call.account:
        reason = "the principal belongs to another account"
        raise access_denied(call.principal.arn, "kms:ListRetirableGrants", retiring, reason)
    limit = limit_of(request, USUAL_RESULTS, MOST_RESULTS)
    found = list(islice(_retirable(call, retiring, position(call, request) or "//"), limit + 1))
    return page(call, request, "Grants", found, _shown, _place, usual=USUAL_RESULTS, most=MOST_RESULTS)


def _place(grant: Grant) -> str:
    return f"{grant.account}/{grant.key_id}/{grant.id}"


def _retirable(call: Call, retiring: str, after: str) -> Iterator[Grant]:
    account, key_id, grant_id = after.split("/")
    for kept in sorted(accounts_in(call.unit, call.parts.settings.account_id)):
        if kept < account:
            continue
        place: tuple[str, str] = (key_id, grant_id) if kept == account else ("", "")
        while True:
            grants = call.unit.page(
                Grant, where={"retiring": retiring}, after=place, limit=MOST_RESULTS + 1, account=kept
            )
            yield from grants
            if len(grants) <= MOST_RESULTS:
                break
            place = (grants[-1].key_id, grants[-1].id)


def _shown(grant: Grant) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "KeyId": key_arn(grant.region, grant.account, grant.key_id),
        "GrantId": grant.id,
        "Name": grant.name,
        "CreationDate": grant.created_at,
        "IssuingAccount": grant.issuer,
        "Operations": grant.operations,
    }
    for role, name in (("Grantee", grant.grantee), ("Retiring", grant.retiring)):
        if name is not None:
            shown[f"{role}{'' if name.startswith('arn:') else 'Service'}Principal"] = name
    constraints = {
        "EncryptionContextEquals": grant.context_equals,
        "EncryptionContextSubset": grant.context_subset,
        "SourceArn": grant.source_arn,
    }
    given = {member: value for member, value in constraints.items() if value is not None}
    return shown | ({"Constraints": given} if given else {})
