"""The AWS credentials that an adapter calls the control plane with: the standard chain, as every AWS SDK has it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from garrison.adapters.sources import Away


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key, with the token of a session where it belongs to one."""

    access_key_id: str
    secret: str
    token: str | None = None

    def __repr__(self) -> str:
        return f"Credentials({self.access_key_id})"


class Chain:
    """Finds credentials: environment, profiles, web identity, single sign-on, processes, containers, instances; fresh ones before they expire."""

    def __init__(self, profile: str | None = None) -> None:
        self._profile = profile
        self._found: Any = None

    def current(self) -> Credentials:
        """Credentials that are good now; raises `Away` where there are none."""
        if self._profile is None and (key := os.environ.get("AWS_ACCESS_KEY_ID")):
            secret = os.environ.get("AWS_SECRET_ACCESS_KEY", "")
            return Credentials(key, secret, os.environ.get("AWS_SESSION_TOKEN") or None)
        from botocore.exceptions import BotoCoreError

        try:
            if self._found is None:
                from botocore.session import Session

                self._found = Session(profile=self._profile).get_credentials()
            if self._found is not None:
                frozen = self._found.get_frozen_credentials()
                return Credentials(frozen.access_key, frozen.secret_key, frozen.token)
        except BotoCoreError as problem:
            raise Away(f"There are no AWS credentials: {problem}", "Set them as for every AWS SDK.") from None
        raise Away("There are no AWS credentials.", "Set them as for every AWS SDK.")
