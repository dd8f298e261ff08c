"""Amazon CloudFront: distributions; the headers that origins are sent may be secret."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Tie, Type
from garrison.items import GLOBAL

_DISTRIBUTIONS = Call("ListDistributions", "DistributionList.Items[]")

DISTRIBUTION = Type(
    "AWS::CloudFront::Distribution",
    Call("GetDistribution", "Distribution", params={"Id": At("Id")}, each=_DISTRIBUTIONS),
    id="Id",
    arn="ARN",
    title="DomainName",
    region=GLOBAL,
    secrets=("DistributionConfig.Origins.Items[].CustomHeaders.Items[].HeaderValue",),
    ties=(Tie("Is associated with WebACL", "AWS::WAFv2::WebACL", "DistributionConfig.WebACLId"),),
    parts=(Part("", Call("ListTagsForResource", params={"Resource": At("ARN")}), "Tags.Items", into=Place.TAGS),),
)

SERVICE = Service("cloudfront", (DISTRIBUTION,), is_global=True)
