"""A small web ACL program for tests of the adapters: the engine has its own tests."""

from __future__ import annotations

import json
from pathlib import Path

from garrison.adapters.attached import Attached, attach
from garrison.waf.bundle import Bundle
from garrison.waf.decision import Action, Answer, Decision, RuleKind
from garrison.waf.request import Request


class Words:
    """Blocks what holds the web ACL's name as a word; fails at `crash`."""

    def __init__(self, bundle: Bundle) -> None:
        if bundle.web_acl.name == "uncompilable":
            raise ValueError("this pattern is refused")
        self.word = bundle.web_acl.name.encode()
        self.seen: list[Request] = []

    def decide(self, request: Request, now: float) -> Decision:
        self.seen.append(request)
        text = b"\n".join([request.target, request.body, *(value for _, value in request.headers)])
        if b"crash" in text:
            raise RuntimeError("the engine failed")
        if self.word in text:
            answer = Answer(418, (("x-why", "word"), ("content-length", "7")), "application/json", b'{"no":1}')
            return Decision(Action.BLOCK, "words", RuleKind.REGULAR, answer=answer)
        return Decision(Action.ALLOW, "Default_Action", RuleKind.REGULAR, inserted=(("x-amzn-waf-seen", "yes"),))


def bundle_of(word: str) -> bytes:
    """A web ACL that blocks a word."""
    visibility = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "words"}
    acl = {"Name": word, "DefaultAction": {"Allow": {}}, "VisibilityConfig": visibility}
    return json.dumps({"web_acl": acl, "digest": f"digest-{word}"}).encode()


def attached(folder: Path, word: str = "attack", **settings: object) -> Attached:
    """An adapter's parts with that web ACL in a file."""
    path = folder / "bundle.json"
    path.write_bytes(bundle_of(word))
    return attach({"bundle": path, "state": folder / "state", **settings}, Words)
