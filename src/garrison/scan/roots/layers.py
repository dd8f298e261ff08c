"""Layers laid over each other: what a later one changes, adds and hides. Nothing of them becomes a file, a link or a device here.

Source: the OCI image specification, "Image Layer Filesystem Changeset" (whiteouts, opaque whiteouts, hard links).
"""

from __future__ import annotations

from garrison.scan.roots.extent import Extent
from garrison.scan.roots.root import MOST_LEVELS, Kind, note
from garrison.scan.roots.tar import BrokenTar, Member, members
from garrison.scan.roots.tree import Node, Tree

MOST_ENTRIES = 1_000_000
"""Of all layers together."""
_HIDES, _OPAQUE = ".wh.", ".wh..wh..opq"


class Layers:
    """A tree that grows by a layer at a time."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._layer = 0
        self._entries = 1

    def add(self, archive: Extent, name: str) -> None:
        """Lay another one over it; what cannot be read of it is said."""
        self._layer += 1
        try:
            for member in members(archive):
                self._entries += 1
                if self._entries > MOST_ENTRIES:
                    note(self.tree, name, f"more than {MOST_ENTRIES} entries")
                    return
                self._add(archive, member)
        except BrokenTar as error:
            note(self.tree, name, f"{error}")

    def _add(self, archive: Extent, member: Member) -> None:
        steps = [step for step in member.path.split("/") if step not in ("", ".")]
        if ".." in steps or "\0" in member.path or len(steps) > MOST_LEVELS:
            note(self.tree, member.path, "a path that leads out of its layer, or too deep")
            return
        if not steps:
            _describe(self.tree.top, member)
            return
        parent = self._parent(steps[:-1])
        name = steps[-1]
        if parent is None:
            note(self.tree, member.path, "it lies below something that is no folder")
        elif name == _OPAQUE:
            self._hide_below(parent)
        elif name.startswith(_HIDES):
            self._hide(parent, name.removeprefix(_HIDES))
        else:
            self._put(parent, name, archive, member)

    def _parent(self, steps: list[str]) -> Node | None:
        """The folder that an entry goes into, made where no entry has told of it; through links, as in the running image."""
        node = self.tree.find("/" + "/".join(steps))
        if node is not None:
            return node if node.kind is Kind.FOLDER else None
        node = self.tree.top
        for number, step in enumerate(steps, 1):
            below = self.tree.find("/" + "/".join(steps[:number]))
            if below is None and step not in node.below:
                below = node.below[step] = self._made(Kind.FOLDER)
            if below is None or below.kind is not Kind.FOLDER:
                return None
            node = below
        return node

    def _put(self, parent: Node, name: str, archive: Extent, member: Member) -> None:
        if member.is_hard_link:
            other = self.tree.find("/" + member.target, follow=False)
            if other is None or other.kind is Kind.FOLDER:
                note(self.tree, member.path, "a hard link to what is not there")
            else:
                parent.below[name] = other
            return
        old = parent.below.get(name)
        if old is not None and old.kind is Kind.FOLDER and member.kind is Kind.FOLDER:
            _describe(old, member)
            old.layer = self._layer
            return
        node = parent.below[name] = self._made(member.kind)
        _describe(node, member)
        if member.kind is Kind.LINK:
            node.target = member.target
        elif member.is_sparse:
            node.why_not = "a sparse file"
        elif member.kind is Kind.FILE:
            node.content = archive.part(member.offset, member.size)

    def _made(self, kind: Kind) -> Node:
        self._entries += 1
        return Node(kind, self._entries, self._layer)

    def _hide(self, parent: Node, name: str) -> None:
        """Take away what lower layers have under a name; what this one has stays."""
        node = parent.below.get(name)
        if node is None:
            return
        self._hide_below(node)
        if node.layer < self._layer and not node.below:
            del parent.below[name]

    def _hide_below(self, top: Node) -> None:
        """Take away everything below a folder that is of lower layers, the deepest first."""
        order, waiting = [], [top]
        while waiting:
            node = waiting.pop()
            order.append(node)
            waiting.extend(each for each in node.below.values() if each.kind is Kind.FOLDER)
        for node in reversed(order):
            node.below = {name: each for name, each in node.below.items() if each.layer == self._layer or each.below}


def _describe(node: Node, member: Member) -> None:
    node.mode, node.uid, node.gid, node.modified_at = member.mode, member.uid, member.gid, member.modified_at
