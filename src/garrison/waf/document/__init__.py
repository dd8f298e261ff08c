"""Web ACLs and all they are made of, as typed values in `wafv2`'s own form.

`msgspec.convert(request, WebACL)` reads what the API received, `msgspec.json` the stored form, in which search strings are base64.
"""

from garrison.waf.document.actions import (
    BlockAction,
    CustomResponse,
    DefaultAction,
    OverrideAction,
    PassingAction,
    RuleAction,
)
from garrison.waf.document.fields import FieldToMatch, TextTransformation, Transformations
from garrison.waf.document.lists import CustomResponseBody, Label, Rule, RuleGroup, VisibilityConfig, WebACL
from garrison.waf.document.statements import Matching, RateBasedStatement, Statement

__all__ = [
    "BlockAction",
    "CustomResponse",
    "CustomResponseBody",
    "DefaultAction",
    "FieldToMatch",
    "Label",
    "Matching",
    "OverrideAction",
    "PassingAction",
    "RateBasedStatement",
    "Rule",
    "RuleAction",
    "RuleGroup",
    "Statement",
    "TextTransformation",
    "Transformations",
    "VisibilityConfig",
    "WebACL",
]
