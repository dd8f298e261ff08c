"""The control plane as an adapter sees it: a web ACL's bundle, and where its records go."""

from __future__ import annotations

from garrison.adapters.calls import Caller
from garrison.adapters.options import Options
from garrison.adapters.sources import Away


class ControlPlane:
    """A Garrison server's web ACL."""

    is_near = False

    def __init__(self, options: Options) -> None:
        self._caller = Caller(options)
        self.name = self._caller.url
        self._which = (
            {"WebAclArn": options.web_acl}
            if options.web_acl.startswith("arn:")
            else {"Name": options.web_acl, "Scope": options.scope}
        )

    def fetch(self, known: str) -> bytes | None:
        """The bundle, None where it is the one that is known."""
        asked = self._which | ({"Digest": known} if known else {})
        answer = self._caller.call("GetWebAclBundle", **asked)
        bundle = answer.get("Bundle")
        if bundle is not None and not isinstance(bundle, str):
            raise Away("The server's answer has no bundle.")
        return None if bundle is None else bundle.encode()

    def forget(self) -> None:
        """Let go of the connection: the process was forked."""
        self._caller.forget()
