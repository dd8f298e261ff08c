"""A template's resources as configuration items, so that what judges resources that are there can judge those that are not yet.

    for one in resource_items(scope, at): rules.judge_item(one.item, inventory)

What a template cannot tell (what an account or time decides) is unknown in the item, not absent.
"""

from __future__ import annotations

from garrison.templates.items.making import ResourceItem, known_parts, resource_items
from garrison.templates.items.placeholders import given_or_made_up, placeholder_scope

__all__ = ["ResourceItem", "given_or_made_up", "known_parts", "placeholder_scope", "resource_items"]
