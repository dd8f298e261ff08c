"""What rules do, made ready: the answer of a block, and the headers that go along with a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from garrison.waf.decision import Action, Answer
from garrison.waf.document import BlockAction, CustomResponseBody, DefaultAction, PassingAction, RuleAction
from garrison.waf.statements import Refused

INSERTED_PREFIX = "x-amzn-waf-"
"""Begins the names of headers that rules add, so that no client can have sent them by chance."""
_CONTENT_TYPES = {"TEXT_PLAIN": "text/plain", "TEXT_HTML": "text/html", "APPLICATION_JSON": "application/json"}
_PLAIN_BLOCK = Answer()

Bodies = Mapping[str, CustomResponseBody]


@dataclass(frozen=True, slots=True)
class Doing:
    """An action with what goes along with it."""

    action: Action
    answer: Answer | None = None
    """For BLOCK."""
    inserted: tuple[tuple[str, str], ...] = ()
    """For ALLOW and COUNT."""


COUNT = Doing(Action.COUNT)


def compile_action(action: RuleAction | DefaultAction, bodies: Bodies, place: str) -> Doing:
    """What a rule or a web ACL does by default.

    Raises: Refused: it is an action that needs AWS's own pages or prices, or names a body that is not there.
    """
    if action.block is not None:
        return Doing(Action.BLOCK, _answer(action.block, bodies, place))
    if action.allow is not None:
        return Doing(Action.ALLOW, inserted=_inserted(action.allow))
    if isinstance(action, RuleAction):
        if action.count is not None:
            return Doing(Action.COUNT, inserted=_inserted(action.count))
        for name in ("captcha", "challenge", "monetize"):
            if getattr(action, name) is not None:
                raise Refused(f"{place}: the action {name.capitalize()} is not supported; use Allow, Block or Count")
    raise Refused(f"{place}: there is no action")


def compile_count(count: PassingAction) -> Doing:
    """What a rule group's result is overridden to."""
    return Doing(Action.COUNT, inserted=_inserted(count))


def _answer(block: BlockAction, bodies: Bodies, place: str) -> Answer:
    custom = block.custom_response
    if custom is None:
        return _PLAIN_BLOCK
    headers = tuple((header.name, header.value) for header in custom.response_headers)
    if custom.custom_response_body_key is None:
        return Answer(custom.response_code, headers)
    body = bodies.get(custom.custom_response_body_key)
    if body is None:
        raise Refused(f"{place}: there is no custom response body {custom.custom_response_body_key}")
    content_type = _CONTENT_TYPES.get(body.content_type, body.content_type)
    return Answer(custom.response_code, headers, content_type, body.content.encode())


def _inserted(action: PassingAction) -> tuple[tuple[str, str], ...]:
    handling = action.custom_request_handling
    if handling is None:
        return ()
    return tuple((INSERTED_PREFIX + header.name, header.value) for header in handling.insert_headers)
