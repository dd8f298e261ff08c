"""Build `garrison-agent.pyz`: the agent and what it is made of, in one file that any Python from 3.11 on runs; the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

PACKAGES = ("agent", "scan/roots", "scan/syntax", "scan/inventory", "scan/benchmarks")
MODULES = ("__init__.py", "reaching.py", "scan/__init__.py", "scan/report.py", "scan/sending.py", "scan/whole.py")
_SUFFIXES = (".py", ".toml", ".json", ".txt", ".csv", ".gz")
_MAIN = b"import sys\nfrom garrison.agent.__main__ import main\nsys.exit(main())\n"
_SHEBANG = b"#!/usr/bin/env python3\n"
_OLDEST = (1980, 1, 1, 0, 0, 0)
"""The first time that a zip file can tell; every member has it."""


@cache
def build() -> bytes:
    """The file's bytes."""
    made = io.BytesIO()
    made.write(_SHEBANG)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(_members()):
            member = zipfile.ZipInfo(name, _OLDEST)
            member.compress_type, member.create_system, member.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(member, content)
    return made.getvalue()


def _members() -> Iterator[tuple[str, bytes]]:
    top = files("garrison")
    yield "__main__.py", _MAIN
    for name in MODULES:
        yield f"garrison/{name}", top.joinpath(name).read_bytes()
    for package in PACKAGES:
        yield from _below(top.joinpath(package), f"garrison/{package}")


def _below(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for found in folder.iterdir():
        inner = f"{name}/{found.name}"
        if found.is_dir() and found.name not in ("__pycache__", "recipes"):
            yield from _below(found, inner)
        elif found.is_file() and found.name.endswith(_SUFFIXES):
            yield inner, found.read_bytes()
