"""Amazon OpenSearch Service: domains, five at a call."""

from __future__ import annotations

from garrison.collect.declaration import At, Batch, Call, Part, Place, Service, Tie, Type

_NAMES = Call("ListDomainNames", "DomainNames[]")

DOMAIN = Type(
    "AWS::OpenSearch::Domain",
    Call(
        "DescribeDomains",
        "DomainStatusList[]",
        each=_NAMES,
        batch=Batch("DomainNames", "DomainName", 5),
    ),
    id="DomainName",
    arn="ARN",
    title="DomainName",
    rename={"DomainId": "Id", "Endpoint": "DomainEndpoint"},
    added={"DomainArn": "ARN"},
    ties=(
        Tie("Is contained in Subnet", "AWS::EC2::Subnet", "VPCOptions.SubnetIds[]"),
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "VPCOptions.SecurityGroupIds[]"),
    ),
    parts=(Part("", Call("ListTags", params={"ARN": At("ARN")}), "TagList", into=Place.TAGS),),
)

SERVICE = Service("opensearch", (DOMAIN,))
