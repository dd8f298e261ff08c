"""Every function that gives a value: its name, and what it makes of its argument in a scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from garrison.templates.functions.choosing import find_in_map, get_attribute, get_zones, if_, import_value, reference
from garrison.templates.functions.lists import length, select, split, to_json_string
from garrison.templates.functions.networks import cidr
from garrison.templates.functions.texts import base64, join, substitute
from garrison.templates.functions.transforming import transform
from garrison.templates.scope import Scope

Function = Callable[[Any, Scope], Any]
TABLE: Mapping[str, Function] = {
    "Ref": reference,
    "Fn::GetAtt": get_attribute,
    "Fn::FindInMap": find_in_map,
    "Fn::GetAZs": get_zones,
    "Fn::If": if_,
    "Fn::ImportValue": import_value,
    "Fn::Base64": base64,
    "Fn::Join": join,
    "Fn::Sub": substitute,
    "Fn::Split": split,
    "Fn::Select": select,
    "Fn::Cidr": cidr,
    "Fn::Length": length,
    "Fn::ToJsonString": to_json_string,
    "Fn::Transform": transform,
}
