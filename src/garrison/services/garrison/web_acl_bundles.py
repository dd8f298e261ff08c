"""GetWebAclBundle: what an adapter enforces, told only when it is another than the adapter has."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison.services.garrison.faults import invalid, not_found
from garrison.services.garrison.service import service
from garrison.services.wafv2.associations import protecting
from garrison.services.wafv2.bundles import bundle_of
from garrison.services.wafv2.changing import generation
from garrison.services.wafv2.naming import at_arn
from garrison.services.wafv2.resources import REGIONAL, LoggingConfiguration, WebACL
from garrison.waf import bundle as bundles

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]
_MOST_KNOWN = 1_000


class Known(NamedTuple):
    """The digest of a bundle, good as long as nothing that it is made from has changed."""

    generation: str
    """Of the account's and region's web ACLs and all that they are made of."""
    digest: str


_known: OrderedDict[tuple[str, str, str], Known] = OrderedDict()


def _web_acl(call: Call, request: Request) -> WebACL | None:
    named = [member for member in ("WebAclArn", "ResourceArn", "Name") if request.get(member)]
    if len(named) != 1:
        raise invalid("Exactly one of WebAclArn, ResourceArn and Name must be given.")
    if named == ["Name"]:
        return call.unit.get(WebACL, request.get("Scope") or REGIONAL, request["Name"])
    if named == ["ResourceArn"]:
        return protecting(call, request["ResourceArn"])
    found = at_arn(call.unit, WebACL, request["WebAclArn"])
    return found if found is not None and (found.account, found.region) == (call.account, call.region) else None


def _arn(call: Call, request: Request) -> str:
    found = _web_acl(call, request)
    return found.arn if found is not None else str(request.get("WebAclArn") or "*")


def _context(call: Call, request: Request) -> dict[str, Any]:
    found = _web_acl(call, request)
    return {f"aws:ResourceTag/{key}": value for key, value in found.tags.items()} if found is not None else {}


@service.operation("GetWebAclBundle", needs={"garrison:GetWebAclBundle": _arn}, context=_context, data_event=True)
def get_web_acl_bundle(call: Call, request: Request) -> dict[str, Any]:
    """The bundle and its digest; the digest alone where the caller has it already, which is no news and is not recorded."""
    web_acl = _web_acl(call, request)
    if web_acl is None:
        raise not_found("There is no such web ACL.")
    answer = {"WebAclArn": web_acl.arn}
    digest = request.get("Digest")
    if digest is not None and digest == _known_digest(call, web_acl):
        call.tells_nothing_new = True
        return answer | {"Digest": digest}
    bundle = bundle_of(call.unit, web_acl, call.unit.get(LoggingConfiguration, web_acl.arn))
    _remember(call, web_acl, bundle.digest)
    if bundle.digest == digest:
        call.tells_nothing_new = True
        return answer | {"Digest": digest}
    return answer | {"Digest": bundle.digest, "Bundle": bundles.encode(bundle).decode()}


def _known_digest(call: Call, web_acl: WebACL) -> str | None:
    known = _known.get((call.account, call.region, web_acl.arn))
    return known.digest if known is not None and known.generation == generation(call) else None


def _remember(call: Call, web_acl: WebACL, digest: str) -> None:
    """Note the digest, unless the web ACL refers to what another account may change."""
    if any(f":{call.account}:" not in arn for arn in web_acl.refers):
        return
    key = (call.account, call.region, web_acl.arn)
    _known[key] = Known(generation(call), digest)
    _known.move_to_end(key)
    if len(_known) > _MOST_KNOWN:
        _known.popitem(last=False)
