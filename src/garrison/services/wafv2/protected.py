"""The resources that a web ACL may protect, by their ARNs. An adapter stands for each.

Sources: https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html, Service Authorization Reference, "AWS WAF V2".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from garrison.arn import parse_arn
from garrison.services.wafv2.faults import invalid
from garrison.services.wafv2.resources import CLOUDFRONT, REGIONAL

if TYPE_CHECKING:
    from garrison.services.call import Call


class Protectable(NamedTuple):
    """A kind of resource."""

    type: str
    """What ListResourcesForWebACL calls it; empty for what it does not list."""
    service: str
    resource: re.Pattern[str]
    scope: str = REGIONAL
    """That of the web ACLs that may protect it."""
    has_account: bool = True


_ID = r"[A-Za-z0-9_\-]+"
KINDS = (
    Protectable("APPLICATION_LOAD_BALANCER", "elasticloadbalancing", re.compile(rf"loadbalancer/app/{_ID}/[0-9a-f]+")),
    Protectable("API_GATEWAY", "apigateway", re.compile(rf"/restapis/{_ID}/stages/{_ID}"), has_account=False),
    Protectable("APPSYNC", "appsync", re.compile(rf"apis/{_ID}")),
    Protectable("COGNITO_USER_POOL", "cognito-idp", re.compile(rf"userpool/{_ID}")),
    Protectable("APP_RUNNER_SERVICE", "apprunner", re.compile(rf"service/{_ID}/{_ID}")),
    Protectable("VERIFIED_ACCESS_INSTANCE", "ec2", re.compile(rf"verified-access-instance/{_ID}")),
    Protectable("AMPLIFY", "amplify", re.compile(rf"apps/{_ID}"), CLOUDFRONT),
    Protectable("AGENTCORE_GATEWAY", "bedrock-agentcore", re.compile(rf"gateway/{_ID}")),
    Protectable("", "cloudfront", re.compile(rf"distribution/{_ID}"), CLOUDFRONT),
)
_ANYWHERE = ("cloudfront", "amplify")
"""Their ARNs may name no region, or one that is not that of CloudFront's web ACLs."""


def protectable(call: Call, arn: str) -> Protectable:
    """What kind of resource an ARN names; refused where it is none that can be protected, or is another account's or region's."""
    parts = parse_arn(arn)
    for kind in KINDS:
        if parts is None or parts.service != kind.service or not kind.resource.fullmatch(parts.resource):
            continue
        is_here = parts.region == call.region or kind.service in _ANYWHERE
        if is_here and parts.account == (call.account if kind.has_account else ""):
            return kind
    raise invalid("RESOURCE_ARN", arn, "The ARN isn't valid.")
