"""SAML 2.0: read a provider's metadata, and believe its signed responses about its users; nothing else in them is believed."""

from __future__ import annotations

from garrison.federation.saml.attributes import RolePair, SamlUser, offered_roles, user_of
from garrison.federation.saml.metadata import Metadata, read_metadata
from garrison.federation.saml.response import Assertion, Expected, read_response

__all__ = [
    "Assertion",
    "Expected",
    "Metadata",
    "RolePair",
    "SamlUser",
    "offered_roles",
    "read_metadata",
    "read_response",
    "user_of",
]
