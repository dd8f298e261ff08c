"""CloudHSM as a service: what its operations are declared with."""

from __future__ import annotations

from garrison.services.registry import Service

service = Service("cloudhsmv2")
