"""The corpora of values beside the tests: one value a line."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent / "corpus"


def values(name: str) -> list[bytes]:
    return [line for line in (_FOLDER / f"{name}.txt").read_bytes().split(b"\n") if line]
