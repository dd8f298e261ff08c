"""A query in a process of its own: what it costs is bounded, and it can be ended at any time.

It reads what is asked as JSON from its standard input, writes the rows to a file, and says on its standard output how it ended.
"""

from __future__ import annotations

import os
import resource
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from garrison import codec
from garrison.errors import GarrisonError
from garrison.lake.failures import QueryRefused, QueryStopped

if TYPE_CHECKING:
    import pyarrow as pa

MOST_ANSWER_BYTES = 1024**3


class Asked(msgspec.Struct, frozen=True):
    """What is asked."""

    home: str
    node: str
    statement: str
    views: dict[str, str]
    seconds: float
    memory_bytes: int
    output: str


def main() -> None:
    """Answer one query."""
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Asked)
    seconds = int(asked.seconds * (os.cpu_count() or 1)) + 60
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    began = time.monotonic()
    try:
        told = _answer(asked)
    except QueryStopped as error:
        told = {"status": "TIMED_OUT" if "longer" in str(error) else "FAILED", "problem": str(error)[:1000]}
    except GarrisonError as error:
        told = {"status": "FAILED", "problem": str(error)[:1000]}
    told["milliseconds"] = int((time.monotonic() - began) * 1000)
    sys.stdout.buffer.write(codec.encode(told))


def _answer(asked: Asked) -> dict[str, Any]:
    from garrison.journal import Journal
    from garrison.lake.asking import ask
    from garrison.lake.engine import Limits
    from garrison.lake.lake import Lake
    from garrison.lake.place import place_of
    from garrison.setting_sources import load_settings

    home = Path(asked.home)
    lake = Lake(place_of(load_settings(home), asked.node))
    limits = Limits(seconds=asked.seconds, memory_bytes=asked.memory_bytes)
    journal = Journal(home / "journal")
    with ask(lake, asked.statement, journal=journal, node=asked.node, views=asked.views, limits=limits) as answer:
        matched = _write(answer.reader.schema.names, answer.batches(), Path(asked.output))
        return {
            "status": "FINISHED",
            "matched": matched,
            "scanned": answer.events,
            "bytes_scanned": answer.files_bytes,
        }


def _write(columns: list[str], batches: Iterator[pa.RecordBatch], output: Path) -> int:
    output.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = output.with_name(f".{output.name}.{secrets.token_hex(4)}")
    matched = size = 0
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(codec.encode(columns) + b"\n")
            for batch in batches:
                found = [column.to_pylist() for column in batch.columns]
                for values in zip(*found, strict=True):
                    size += file.write(codec.encode([text_of(value) for value in values]) + b"\n")
                matched += len(batch)
                if size > MOST_ANSWER_BYTES:
                    raise QueryRefused(f"The answer is larger than {MOST_ANSWER_BYTES // 1024**2} MiB.")
        temporary.rename(output)
    finally:
        temporary.unlink(missing_ok=True)
    return matched


def text_of(value: Any) -> str:
    """A value as CloudTrail Lake writes it: `{name=value, …}` for what has members, nothing for what is not there."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "isoformat"):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] if hasattr(value, "hour") else str(value.isoformat())
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}={_inner(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        if value and isinstance(value[0], tuple):  # a map, as Arrow gives it
            return text_of(dict(value))
        return "[" + ", ".join(map(_inner, value)) + "]"
    return str(value)


def _inner(value: Any) -> str:
    return "null" if value is None else text_of(value)


if __name__ == "__main__":
    main()
