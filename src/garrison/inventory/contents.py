"""An item's content as bytes and back, and what an item keeps from the state before it where nobody asked again."""

from __future__ import annotations

import hashlib
import zlib
from datetime import datetime

import msgspec

from garrison import codec
from garrison.collect.failures import NOT_ASKED
from garrison.inventory.resources import Content, Resource
from garrison.items import Item, Relationship

_LEVEL = 6
_DECODER = msgspec.json.Decoder(Content)
_NOT_ASKED = f": {NOT_ASKED}"
_TAGS = "tags"
HASH_BYTES = 16


def content_of(item: Item) -> bytes:
    """An item's content as canonical JSON."""
    return codec.encode_canonical(
        Content(
            arn=item.arn,
            configuration=item.configuration,
            resource_name=item.resource_name,
            supplementary=item.supplementary,
            tags=item.tags,
            relationships=tuple(
                sorted(
                    (one.name, one.resource_type, one.resource_id, one.resource_name) for one in set(item.relationships)
                )
            ),
            availability_zone=item.availability_zone,
            created_at=item.created_at,
            unknown=item.unknown,
        )
    )


def item_of(resource: Resource, content: bytes | str, captured_at: datetime, status: str) -> Item:
    """The item of a content."""
    known = _DECODER.decode(content)
    return Item(
        account=resource.account,
        region=resource.region,
        resource_type=resource.resource_type,
        resource_id=resource.resource_id,
        arn=known.arn,
        configuration=known.configuration,
        captured_at=captured_at,
        resource_name=known.resource_name,
        supplementary=known.supplementary,
        tags=known.tags,
        relationships=tuple(
            Relationship(name=name, resource_type=kind, resource_id=other, resource_name=called)
            for name, kind, other, called in known.relationships
        ),
        availability_zone=known.availability_zone,
        created_at=known.created_at,
        status=status,
        unknown=known.unknown,
    )


def hash_of(content: bytes) -> bytes:
    """Tells contents apart."""
    return hashlib.blake2b(content, digest_size=HASH_BYTES).digest()


def packed(content: bytes) -> bytes:
    """A content as history keeps it."""
    return zlib.compress(content, _LEVEL)


def unpacked(kept: bytes) -> bytes:
    """A content that history kept."""
    return zlib.decompress(kept)


def completed(item: Item, before: Item) -> Item:
    """The item with the parts that nobody asked for as they were last seen; what could not be seen stays unknown."""
    names = [one.removesuffix(_NOT_ASKED) for one in item.unknown if one.endswith(_NOT_ASKED)]
    if not names:
        return item
    earlier = {one.partition(": ")[0]: one for one in before.unknown}
    supplementary, configuration, tags = dict(item.supplementary), dict(item.configuration), item.tags
    for name in names:
        if name == _TAGS:
            tags = tags or before.tags
        elif name in before.supplementary:
            supplementary[name] = before.supplementary[name]
        elif name in before.configuration:
            configuration[name] = before.configuration[name]
    unknown = [earlier.get(one.removesuffix(_NOT_ASKED)) if one.endswith(_NOT_ASKED) else one for one in item.unknown]
    return msgspec.structs.replace(
        item,
        configuration=configuration,
        supplementary=supplementary,
        tags=tags,
        unknown=tuple(one for one in unknown if one is not None),
    )
