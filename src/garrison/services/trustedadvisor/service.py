"""The Trusted Advisor service object that the operations' modules register with, and its file of advice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.advised import FILE, Advice, open_advice
from garrison.services.registry import Service

if TYPE_CHECKING:
    from garrison.services.call import Parts

PRINCIPAL = "trustedadvisor.amazonaws.com"
"""The service's principal: whom the policies of topics must allow."""
service = Service("trustedadvisor", is_global=True)
service.keeps(FILE)


def advice_of(parts: Parts) -> Advice:
    """The advice of the home."""
    return open_advice(parts.settings.home_path, sync=not parts.settings.ephemeral)
