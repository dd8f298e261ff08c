"""A container image in a file or, of the latter kind, in a folder, as `docker save` and OCI layouts have it, as a root file system.

Source: the OCI image specification, "Image Layout", "Image Manifest"; Docker's "Image Specification v1.2" (manifest.json).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, BinaryIO, Protocol, Self

from garrison.scan.roots.extent import Extent
from garrison.scan.roots.layers import Layers
from garrison.scan.roots.root import Kind, note
from garrison.scan.roots.tar import BrokenTar, members
from garrison.scan.roots.tree import Tree

MOST_LAYERS = 256
"""Docker allows 127."""
MOST_UNPACKED_BYTES = 16 * 1024**3
"""Of all compressed layers together, which lie in a temporary file while the image is open."""
MOST_MANIFEST_BYTES = 4 * 1024 * 1024
"""As registries limit them (OCI distribution specification, "Pushing Manifests")."""
MOST_BLOBS = 512
"""Of a layout in a folder: each is held open."""
MOST_FILES = 100_000
"""In the archive around the layers."""
MOST_INDEXES = 8
"""Indexes that name indexes."""
_REFERENCE = "org.opencontainers.image.ref.name"
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_PIECE_BYTES = 1024 * 1024


class Unpacked(Protocol):
    """A stream of plain bytes that is made of a compressed one."""

    def read1(self, size: int, /) -> bytes:
        """At most so many bytes, as soon as there are any; none at the end."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: Any, error: Any, trace: Any, /) -> None: ...


Unpack = Callable[[BinaryIO], Unpacked]


class NotAnImage(ValueError):
    """A file that holds no image; the text says what is missing."""


class Image(Tree):
    """The root file system of an image. `unpack_zstd` reads layers of that form, for which Python has no module before 3.14."""

    def __init__(self, path: str, *, unpack_zstd: Unpack | None = None) -> None:
        super().__init__()
        self.name = ""
        """The first tag that it carries."""
        self._unpackers: dict[bytes, Unpack] = {_GZIP: _gunzip}
        if unpack_zstd is not None:
            self._unpackers[_ZSTD] = unpack_zstd
        self._left = MOST_UNPACKED_BYTES
        with ExitStack() as opened:
            self._files = _layout(path, opened) if os.path.isdir(path) else self._archive(path, opened)
            layers = self._described()
            laid = Layers(self)
            for name in layers[:MOST_LAYERS]:
                found = self._files.get(name)
                content = None if found is None else self._plain(found, name, opened)
                if found is None:
                    note(self, name, "a layer that is not in the image")
                elif content is not None:
                    laid.add(content, name)
            if len(layers) > MOST_LAYERS:
                note(self, path, f"more than {MOST_LAYERS} layers")
            self._open = opened.pop_all()

    def close(self) -> None:
        """Let go of its files."""
        self._open.close()

    def __enter__(self) -> Image:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _archive(self, path: str, opened: ExitStack) -> dict[str, Extent]:
        whole = self._plain(_file(path, opened), path, opened)
        if whole is None:
            raise NotAnImage("it cannot be unpacked")
        return _index(whole)

    def _plain(self, found: Extent, name: str, opened: ExitStack) -> Extent | None:
        """The bytes without compression: where they are, or in a temporary file that has no name."""
        start = found.read(4)
        if start != _ZSTD and start[:2] != _GZIP:
            return found
        unpack = self._unpackers.get(start if start == _ZSTD else start[:2])
        if unpack is None:
            note(self, name, "compressed with zstd, for which this Python has no module")
            return None
        target = opened.enter_context(tempfile.TemporaryFile(prefix="garrison-layer-"))  # noqa: SIM115 - closed with the image
        size = 0
        try:
            with found.open() as packed, unpack(packed) as unpacked:
                while piece := unpacked.read1(_PIECE_BYTES):
                    self._left -= len(piece)
                    if self._left < 0:
                        note(self, name, f"more than {MOST_UNPACKED_BYTES} bytes when unpacked")
                        return None
                    target.write(piece)
                    size += len(piece)
        except (OSError, EOFError, ValueError, zlib.error) as error:
            note(self, name, f"it cannot be unpacked: {error}")
        target.flush()
        return Extent(target.fileno(), 0, size)

    def _described(self) -> list[str]:
        """Names of the layers' files, lowest first."""
        said = self._json("manifest.json")
        if isinstance(said, list) and said and isinstance(said[0], dict):
            return self._of_docker(said[0])
        if self._json("index.json") is None:
            raise NotAnImage("it has neither manifest.json nor index.json")
        manifest = self._of_index("index.json", 0)
        if manifest is None:
            raise NotAnImage("its index names no manifest with layers")
        return manifest

    def _of_docker(self, said: dict[str, Any]) -> list[str]:
        layers, tags, settings = said.get("Layers"), said.get("RepoTags"), said.get("Config")
        found = self._files.get(settings) if isinstance(settings, str) else None
        if found is not None:
            self.image = f"sha256:{hashlib.sha256(found.read(MOST_MANIFEST_BYTES)).hexdigest()}"
        self.name = next((each for each in tags if isinstance(each, str)), "") if isinstance(tags, list) else ""
        if not isinstance(layers, list):
            raise NotAnImage("its manifest names no layers")
        return [each for each in layers if isinstance(each, str)]

    def _of_index(self, name: str, depth: int) -> list[str] | None:
        """The layers of the first manifest that has some; of one for several platforms that is the first platform."""
        said = self._json(name)
        if depth > MOST_INDEXES or not isinstance(said, dict):
            return None
        layers = said.get("layers")
        if isinstance(layers, list):
            found = [_blob(each) for each in layers if _is_layer(each)]
            self.image = self.image or _digest_of(name)
            return [each for each in found if each]
        for each in said.get("manifests") or ():
            if not isinstance(each, dict) or _is_about_another(each):
                continue
            self.name = self.name or _tag(each)
            below = self._of_index(_blob(each), depth + 1)
            if below:
                return below
        return None

    def _json(self, name: str) -> Any:
        found = self._files.get(name)
        if found is None or found.size > MOST_MANIFEST_BYTES:
            return None
        try:
            return json.loads(found.read(MOST_MANIFEST_BYTES))
        except (ValueError, RecursionError):
            return None


def _file(path: str, opened: ExitStack, *, follow: bool = True) -> Extent:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | (0 if follow else os.O_NOFOLLOW))
    opened.callback(os.close, handle)
    return Extent(handle, 0, os.fstat(handle).st_size)


def _layout(folder: str, opened: ExitStack) -> dict[str, Extent]:
    """The files of a layout that lies in a folder; links in it are not followed."""
    names = [name for name in ("index.json", "manifest.json") if os.path.isfile(os.path.join(folder, name))]
    blobs = os.path.join(folder, "blobs", "sha256")
    if os.path.isdir(blobs) and not os.path.islink(blobs):
        names += [f"blobs/sha256/{name}" for name in sorted(os.listdir(blobs))[:MOST_BLOBS]]
    places = {name: os.path.join(folder, name) for name in names}
    return {
        name: _file(place, opened, follow=False)
        for name, place in places.items()
        if os.path.isfile(place) and not os.path.islink(place)
    }


def _index(archive: Extent) -> dict[str, Extent]:
    """The files in the archive around the layers; links among them lead where they say."""
    found: dict[str, Extent] = {}
    links: dict[str, str] = {}
    try:
        for number, member in enumerate(members(archive)):
            if number > MOST_FILES:
                raise NotAnImage(f"more than {MOST_FILES} files")
            name = os.path.normpath(member.path).lstrip("/")
            if member.kind is Kind.LINK:
                links[name] = os.path.normpath(os.path.join(os.path.dirname(name), member.target))
            elif member.is_hard_link:
                links[name] = os.path.normpath(member.target)
            elif member.kind is Kind.FILE:
                found[name] = archive.part(member.offset, member.size)
    except BrokenTar as error:
        if not found:
            raise NotAnImage(f"it is no tar archive: {error}") from None
    return found | {name: found[target] for name, target in links.items() if target in found}


def _blob(said: Any) -> str:
    """Where the file lies that a descriptor names; empty where it names none."""
    digest = said.get("digest") if isinstance(said, dict) else None
    algorithm, colon, number = digest.partition(":") if isinstance(digest, str) else ("", "", "")
    return f"blobs/{algorithm}/{number}" if colon and algorithm.isalnum() and number.isalnum() else ""


def _tag(said: dict[str, Any]) -> str:
    marks = said.get("annotations")
    names = (marks.get("io.containerd.image.name"), marks.get(_REFERENCE)) if isinstance(marks, dict) else ()
    return next((each for each in names if isinstance(each, str)), "")


def _digest_of(name: str) -> str:
    return name.removeprefix("blobs/").replace("/", ":", 1) if name.startswith("blobs/") else ""


def _is_layer(said: Any) -> bool:
    return (
        isinstance(said, dict)
        and "attestation" not in str(said.get("mediaType"))
        and "in-toto" not in str(said.get("mediaType"))
    )


def _is_about_another(said: dict[str, Any]) -> bool:
    """Whether a manifest is no image of its own: an attestation about one."""
    marks = said.get("annotations")
    return isinstance(marks, dict) and marks.get("vnd.docker.reference.type") == "attestation-manifest"


def _gunzip(stream: BinaryIO) -> Unpacked:
    return gzip.GzipFile(fileobj=stream, mode="rb")
