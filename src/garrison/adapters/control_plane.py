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
        self._which = _named(options)

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


def _named(options: Options) -> dict[str, str]:
    """The web ACL as the server is asked for it: by its ARN or name, or by the ARN of a resource that it is associated with."""
    if not options.web_acl.startswith("arn:"):
        return {"Name": options.web_acl, "Scope": options.scope}
    is_web_acl = options.web_acl.split(":")[2] == "wafv2"
    return {"WebAclArn" if is_web_acl else "ResourceArn": options.web_acl}
