"""AWS Shield: the account's subscription to Shield Advanced, told also where there is none, and what the response team may do."""

from __future__ import annotations

from garrison.collect.declaration import Call, Part, Service, Type
from garrison.items import GLOBAL

SUBSCRIPTION = Type(
    "AWS::Shield::Subscription",
    Call("GetSubscriptionState"),
    id="{account}",
    arn="arn:{partition}:shield::{account}:subscription",
    region=GLOBAL,
    parts=(Part("DRTAccess", Call("DescribeDRTAccess"), absent=("ResourceNotFoundException",), default={}),),
)

SERVICE = Service("shield", (SUBSCRIPTION,), is_global=True)
