"""A file system that is known by its entries alone, with their bytes elsewhere: what the layers of an image come to.

Links are followed here as a kernel would follow them in that root.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from garrison.scan.roots.extent import Extent
from garrison.scan.roots.root import MOST_FILE_BYTES, MOST_LEVELS, MOST_LINKS, Entry, Kind, Unread, note


@dataclass(slots=True, eq=False)
class Node:
    """What lies at one or, by hard links, several paths."""

    kind: Kind
    number: int
    layer: int
    mode: int = 0o755
    uid: int = 0
    gid: int = 0
    modified_at: float = 0.0
    target: str = ""
    content: Extent | None = None
    """None where there are no bytes or they cannot be had: then `why_not` says why."""
    why_not: str = ""
    below: dict[str, Node] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes."""
        return self.content.size if self.content else len(self.target)


class Tree:
    """A root file system of nodes."""

    is_live = False

    def __init__(self) -> None:
        self.unread: list[Unread] = []
        self.image = ""
        self.top = Node(Kind.FOLDER, 1, 0)

    def stat(self, path: str, *, follow: bool = True) -> Entry | None:
        node = self.find(path, follow=follow)
        return None if node is None else _entry(path, node)

    def read(self, path: str, *, most: int = MOST_FILE_BYTES) -> bytes | None:
        content = self._content(path)
        if content is None:
            return None
        if content.size > most:
            note(self, path, f"larger than {most} bytes")
            return None
        return content.read(most)

    def open(self, path: str) -> BinaryIO | None:
        content = self._content(path)
        return None if content is None else content.open()

    def names(self, path: str) -> list[str]:
        node = self.find(path)
        return [] if node is None else sorted(node.below)

    def target(self, path: str) -> str | None:
        node = self.find(path, follow=False)
        return node.target if node is not None and node.kind is Kind.LINK else None

    def walk(
        self, path: str = "/", *, one_device: bool = True, skip: Collection[str] = (), without: tuple[str, ...] = ()
    ) -> Iterator[Entry]:
        node = self.find(path)
        waiting = [] if node is None else [(path.rstrip("/"), node, 1)]
        while waiting:
            folder, node, depth = waiting.pop()
            if depth > MOST_LEVELS:
                note(self, folder, f"deeper than {MOST_LEVELS} folders")
                continue
            entered = []
            for name, each in node.below.items():
                if without and each.kind is Kind.FILE and name.endswith(without):
                    continue
                place = f"{folder}/{name}"
                yield _entry(place, each)
                if each.kind is Kind.FOLDER and place not in skip:
                    entered.append((place, each, depth + 1))
            waiting.extend(sorted(entered, key=lambda each: each[0], reverse=True))

    def find(self, path: str, *, follow: bool = True) -> Node | None:
        """The node at a path, through links inside this tree; None where there is none or links lead in circles."""
        waiting = deque(_steps(path))
        passed = [self.top]
        links = 0
        while waiting:
            step = waiting.popleft()
            if step == "..":
                del passed[max(1, len(passed) - 1) :]
                continue
            node = passed[-1].below.get(step)
            if node is None:
                return None
            if node.kind is Kind.LINK and (waiting or follow):
                links += 1
                if links > MOST_LINKS:
                    return None
                if node.target.startswith("/"):
                    del passed[1:]
                waiting.extendleft(reversed(_steps(node.target)))
            else:
                passed.append(node)
        return passed[-1]

    def _content(self, path: str) -> Extent | None:
        node = self.find(path)
        if node is None or node.kind is not Kind.FILE:
            return None
        if node.content is None:
            note(self, path, node.why_not)
        return node.content


def _steps(path: str) -> list[str]:
    return [step for step in path.split("/") if step not in ("", ".")]


def _entry(path: str, node: Node) -> Entry:
    return Entry(
        path, node.kind, node.mode, node.uid, node.gid, node.size, node.modified_at, device=1, inode=node.number
    )
