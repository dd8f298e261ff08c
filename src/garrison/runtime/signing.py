"""Sign botocore's requests by an account's clock, so that whoever moves the clock still calls with valid signatures.

botocore looks signers up by the name of a signature version. This module registers, beside each of botocore's Signature
Version 4 signers, one under a name of its own that takes the time from the request's context, and a client's
`choose-signer` event chooses it: nothing of botocore is replaced.
"""

from __future__ import annotations

from typing import Any

from botocore.auth import AUTH_TYPE_MAPS, SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSRequest

from garrison.clock import Clock

_PREFIX = "garrison-"
_CLOCK = "garrison_clock"


def sign_by(client: Any, clock: Clock) -> None:
    """Let a client of botocore sign its requests and presigned URLs by a clock."""
    _register()

    def choose(signature_version: Any, context: dict[str, Any], **_: Any) -> str | None:
        # botocore itself turns S3's version 4 into that of S3, but only where nobody else chooses.
        ours = f"{_PREFIX}{signature_version}"
        of_s3 = f"{_PREFIX}s3{signature_version}"
        chosen = of_s3 if client.meta.service_model.service_name == "s3" and of_s3 in AUTH_TYPE_MAPS else ours
        if chosen not in AUTH_TYPE_MAPS:
            return None
        context[_CLOCK] = clock
        return chosen

    client.meta.events.register_first("choose-signer", choose)

    def choose_for_s3(signature_version: Any, context: dict[str, Any], **more: Any) -> str | None:
        return choose("s3v4", context, **more)

    client.meta.events.register_first("choose-signer.s3", choose_for_s3)  # before botocore names a signer of its own


class _ClockSigner:
    """Comes before a signer of botocore: the time that its request is signed with is the clock's."""

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        request.context["timestamp"] = request.context[_CLOCK].now().strftime(SIGV4_TIMESTAMP)
        super()._modify_request_before_signing(request)  # type: ignore[misc]


def _register() -> None:
    for version, signer in list(AUTH_TYPE_MAPS.items()):
        is_ours = version.startswith(_PREFIX) or f"{_PREFIX}{version}" in AUTH_TYPE_MAPS
        if not is_ours and isinstance(signer, type) and issubclass(signer, SigV4Auth):
            AUTH_TYPE_MAPS[_PREFIX + version] = type(f"Clocked{signer.__name__}", (_ClockSigner, signer), {})
