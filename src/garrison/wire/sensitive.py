"""Which members of a shape hold what must not be recorded, by the model's `sensitive` trait."""

from __future__ import annotations

from garrison.wire.shapes import Shape


def sensitive_paths(shape: Shape | None) -> frozenset[str]:
    """Dotted paths of sensitive members by their model names, `*` for each item of a list or map."""
    found: set[str] = set()
    if shape is not None:
        _walk(shape, (), frozenset(), found)
    return frozenset(found)


def _walk(shape: Shape, path: tuple[str, ...], above: frozenset[str], found: set[str]) -> None:
    if shape.sensitive and path:
        found.add(".".join(path))
        return
    if shape.name in above:
        return
    above = above | {shape.name}
    if shape.type == "structure":
        for name, member in shape.members.items():
            _walk(member, (*path, name), above, found)
    elif shape.type in ("list", "map"):
        _walk(shape.element, (*path, "*"), above, found)
