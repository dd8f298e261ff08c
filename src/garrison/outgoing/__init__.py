"""The one way out: what Garrison sends anywhere goes to places that the operator lists, within limits of time and size.

    outgoing = Outgoing(settings.outgoing_hosts)
    answer = outgoing.send("https://hooks.example.com/x", body=b"{}", headers={"Content-Type": "application/json"})

A host is resolved once and the connection made to that very address; no redirects are followed, no proxies asked, no cookies
kept. `Mail` sends by the one SMTP server that the settings name.
"""

from __future__ import annotations

from garrison.outgoing.allowed import AllowedPlaces
from garrison.outgoing.client import Outgoing
from garrison.outgoing.exchange import Answer
from garrison.outgoing.failures import NotAllowed, OutgoingFailure, Refused, Unreachable
from garrison.outgoing.mail import Mail, MailSettings
from garrison.outgoing.places import STANDARD_PORTS, Place, place_of

__all__ = [
    "STANDARD_PORTS",
    "AllowedPlaces",
    "Answer",
    "Mail",
    "MailSettings",
    "NotAllowed",
    "Outgoing",
    "OutgoingFailure",
    "Place",
    "Refused",
    "Unreachable",
    "place_of",
]
