"""Amazon Macie: the region's session, which is told also where Macie is off."""

from __future__ import annotations

from typing import Any

from garrison.collect.declaration import Call, Part, Service, Type

OFF = "AccessDeniedException: Macie is not enabled"
"""What Macie answers where it is off; with other words the same code means that one may not look."""


def _is_own(administrator: Any) -> bool:
    """Whether the account is no other's member: an administrator decides for its members."""
    return bool(administrator.get("relationshipStatus") != "Enabled")


SESSION = Type(
    "AWS::Macie::Session",
    Call("GetMacieSession", absent={OFF: {"status": "DISABLED"}}),
    id="{account}",
    arn="arn:{partition}:macie2:{region}:{account}:session",
    created="createdAt",
    parts=(
        Part("Administrator", Call("GetAdministratorAccount"), "administrator", absent=(OFF,), default={}),
        Part(
            "AutomatedDiscovery",
            Call("GetAutomatedDiscoveryConfiguration"),
            absent=(OFF,),
            default={"status": "DISABLED"},
            given=("Administrator", _is_own),
        ),
    ),
)

SERVICE = Service("macie2", (SESSION,))
