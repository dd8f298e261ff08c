"""AWS Account Management: whom AWS tells about security; only that somebody is named, not who."""

from __future__ import annotations

from garrison.collect.declaration import Call, Service, Type
from garrison.items import GLOBAL

CONTACT = Type(
    "AWS::Account::AlternateContact",
    Call(
        "GetAlternateContact",
        "AlternateContact",
        params={"AlternateContactType": "SECURITY"},
        absent={"ResourceNotFoundException": {}},
    ),
    id="AlternateContactType",
    arn="arn:{partition}:account::{account}:account/{AlternateContactType}",
    region=GLOBAL,
    only=("AlternateContactType",),
)

SERVICE = Service("account", (CONTACT,), is_global=True)
