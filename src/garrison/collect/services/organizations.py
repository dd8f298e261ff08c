"""AWS Organizations: the organization that the account is in, where it is in one."""

from __future__ import annotations

from garrison.collect.declaration import Call, Service, Type
from garrison.items import GLOBAL

ORGANIZATION = Type(
    "AWS::Organizations::Organization",
    Call("DescribeOrganization", "Organization", absent={"AWSOrganizationsNotInUseException": {}}),
    id="Id",
    arn="Arn",
    region=GLOBAL,
    drop=("MasterAccountEmail", "AvailablePolicyTypes"),
)

SERVICE = Service("organizations", (ORGANIZATION,), is_global=True)
