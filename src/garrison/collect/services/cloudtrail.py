"""AWS CloudTrail: trails with their state and what they record."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Tie, Type

TRAIL = Type(
    "AWS::CloudTrail::Trail",
    Call("DescribeTrails", "trailList[]", params={"includeShadowTrails": True}),
    id="TrailARN",
    arn="TrailARN",
    title="Name",
    home="HomeRegion",
    parts=(
        Part("TrailStatus", Call("GetTrailStatus", params={"Name": At("TrailARN")})),
        Part("EventSelectors", Call("GetEventSelectors", params={"TrailName": At("TrailARN")})),
        Part(
            "",
            Call("ListTags", params={"ResourceIdList": [At("TrailARN")]}),
            "ResourceTagList[].TagsList",
            into=Place.TAGS,
        ),
    ),
    ties=(
        Tie("Is associated with Bucket", "AWS::S3::Bucket", "S3BucketName"),
        Tie("Is associated with Topic", "AWS::SNS::Topic", "SnsTopicARN"),
    ),
)

SERVICE = Service("cloudtrail", (TRAIL,))
