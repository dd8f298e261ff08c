"""What anybody may know before signing in: `settings.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from garrison import __version__
from garrison.gateway.console.oidc import OIDC_PATH

if TYPE_CHECKING:
    from garrison.settings import Settings

_REGIONS = (
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "sa-east-1",
)
"""AWS's commercial Regions (AWS General Reference, "Regions and Endpoints"), to choose from; Garrison answers in any other, too."""


def public_facts(settings: Settings, endpoint: str) -> dict[str, Any]:
    """The endpoint as this browser reaches it, the account, its Regions, and who may vouch for people."""
    own = settings.region
    return {
        "endpoint": endpoint,
        "region": own,
        "regions": [own, *(region for region in _REGIONS if region != own)],
        "account": settings.account_id,
        "version": __version__,
        "providers": [
            {"kind": each.kind, "name": name, "arn": each.provider, "url": each.url or _begins_at(name)}
            for name, each in settings.console_providers.items()
        ],
    }


def _begins_at(name: str) -> str:
    return f"{OIDC_PATH}?provider={quote(name, safe='')}"
