"""Tags as CloudHSM takes them. API reference, TagResource."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from garrison.services.cloudhsmv2.failures import wrong_tags

MOST_TAGS = 50


def checked_tags(tags: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Tags by key; CloudHsmTagException for reserved keys, and ones that are there twice."""
    checked: dict[str, str] = {}
    for tag in tags:
        if tag["Key"].lower().startswith("aws:"):
            raise wrong_tags("Tag keys that begin with aws: are reserved for system use.")
        if tag["Key"] in checked:
            raise wrong_tags(f"The tag key {tag['Key']} is given more than once.")
        checked[tag["Key"]] = tag["Value"]
    return checked_number(checked)


def checked_number(tags: dict[str, str]) -> dict[str, str]:
    """Tags that are not too many."""
    if len(tags) > MOST_TAGS:
        raise wrong_tags(f"A resource has at most {MOST_TAGS} tags.")
    return tags


def shown_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as answers show them."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
