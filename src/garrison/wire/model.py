"""Finds and reads service models: botocore's own, and folders of further ones, without importing botocore."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from garrison.errors import GarrisonError

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
_VERSION = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_OF_VERSION = re.compile(r"(.+)-(\d{4}-\d\d-\d\d)", re.ASCII)
_HEAD_BYTES = 16 * 1024
_extra_folders: list[Path] = []


class UnknownModel(GarrisonError):
    """No folder of models holds the named service or version."""


def add_model_folder(path: Path) -> None:
    """Look for models in this folder too (`<service>/<version>/service-2.json[.gz]`), before botocore's own."""
    if path not in _extra_folders:
        _extra_folders.append(path)
        read_metadata.cache_clear()


@lru_cache(maxsize=1)
def _botocore_data() -> Path:
    spec = find_spec("botocore")
    if spec is None or not spec.submodule_search_locations:
        raise UnknownModel("botocore, whose service models describe the wire, is not installed")
    return Path(next(iter(spec.submodule_search_locations))) / "data"


def _folders() -> Iterator[Path]:
    yield from reversed(_extra_folders)
    yield _botocore_data()


def _locate(name: str, api_version: str | None) -> Path:
    if not _NAME.fullmatch(name) or (api_version is not None and not _VERSION.fullmatch(api_version)):
        raise UnknownModel(f"not a service model's name: {name[:64]!r}")
    if api_version is None and (named := _OF_VERSION.fullmatch(name)) is not None:
        name, api_version = named.groups()
    known = {version for folder in _folders() for version in _versions(folder / name)}
    for version in [api_version] if api_version else sorted(known, reverse=True):
        for folder in _folders():
            for file_name in ("service-2.json.gz", "service-2.json"):
                path = folder / name / version / file_name
                if path.is_file():
                    return path
    raise UnknownModel(f"no model of service {name!r}" + (f" version {api_version}" if api_version else ""))


def _versions(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return [entry.name for entry in folder.iterdir() if _VERSION.fullmatch(entry.name)]


def read_model(name: str, api_version: str | None = None) -> dict[str, Any]:
    """The model of a service (`inspector`, or `inspector-2015-08-18` for an older API of it), newest version unless one is named, with the `sdk-extras` of botocore and of our own folders merged in."""
    path = _locate(name, api_version)
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    model: dict[str, Any] = msgspec.json.decode(raw)
    for folder in (path.parent, *(extra / name / path.parent.name for extra in _extra_folders)):
        extras = folder / "service-2.sdk-extras.json"
        if extras.is_file():
            _merge(model, msgspec.json.decode(extras.read_bytes()).get("merge", {}))
    _forget_documentation(model)
    return model


@lru_cache(maxsize=512)
def read_metadata(name: str) -> dict[str, Any]:
    """Only the model's `metadata`, from the head of the file: routing asks it of every service, most never load."""
    path = _locate(name, None)
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    start = head.find(b'"metadata"')
    opening = head.find(b"{", start)
    closing = _closing_brace(head, opening)
    if start < 0 or opening < 0 or closing < 0:
        metadata: dict[str, Any] = read_model(name)["metadata"]
        return metadata
    return dict(msgspec.json.decode(head[opening : closing + 1]))


def _closing_brace(text: bytes, opening: int) -> int:
    depth, quoted, position = 0, False, opening
    while 0 <= position < len(text):
        byte = text[position]
        if quoted:
            if byte == 0x5C:
                position += 1
            elif byte == 0x22:
                quoted = False
        elif byte == 0x22:
            quoted = True
        elif byte == 0x7B:
            depth += 1
        elif byte == 0x7D:
            depth -= 1
            if depth == 0:
                return position
        position += 1
    return -1


def _merge(base: dict[str, Any], extra: dict[str, Any]) -> None:
    for key, value in extra.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            _merge(base[key], value)
        else:
            base[key] = value


def _forget_documentation(model: dict[str, Any]) -> None:
    """Half of a model's memory is prose that no codec reads."""
    model.pop("documentation", None)
    for operation in model.get("operations", {}).values():
        operation.pop("documentation", None)
    for shape in model.get("shapes", {}).values():
        shape.pop("documentation", None)
        for member in shape.get("members", {}).values():
            member.pop("documentation", None)
