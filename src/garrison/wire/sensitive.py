"""Which members of a shape hold what must not be recorded, by the model's `sensitive` trait, and which are maps by keys of their own."""

from __future__ import annotations

from collections.abc import Iterator

from garrison.wire.shapes import Shape


def sensitive_paths(shape: Shape | None) -> frozenset[str]:
    """Dotted paths of sensitive members by their model names, `*` for each item of a list or map."""
    return frozenset(".".join(path) for path, member in _members(shape, (), frozenset()) if member.sensitive)


def map_paths(shape: Shape | None) -> frozenset[str]:
    """Dotted paths of maps likewise: what their callers call things stays as it is."""
    return frozenset(".".join(path) for path, member in _members(shape, (), frozenset()) if member.type == "map")


def _members(
    shape: Shape | None, path: tuple[str, ...], above: frozenset[str]
) -> Iterator[tuple[tuple[str, ...], Shape]]:
    """Everything within a shape by its path, but nothing within what is sensitive, and each recursion once."""
    if shape is None:
        return
    if path:
        yield path, shape
    if shape.name in above or (shape.sensitive and path):
        return
    above = above | {shape.name}
    if shape.type == "structure":
        for name, member in shape.members.items():
            yield from _members(member, (*path, name), above)
    elif shape.type in ("list", "map"):
        yield from _members(shape.element, (*path, "*"), above)
