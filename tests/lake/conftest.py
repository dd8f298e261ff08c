"""A lake in the test's folder, and what is in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from garrison.lake.asking import ask
from garrison.lake.ingest import Ingest, Outcome
from garrison.lake.lake import Lake
from garrison.lake.place import LakePlace
from garrison.lake.sources import source_of


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake."""
    return Lake(LakePlace(tmp_path / "lake"))


@pytest.fixture
def ingest(lake: Lake) -> Callable[..., Outcome]:
    """Takes a folder or file into the lake."""
    return lambda source, **options: Ingest(lake, source_of(str(source)), **({"workers": 1} | options)).run()


@pytest.fixture
def rows(lake: Lake) -> Callable[..., list[dict[str, Any]]]:
    """The rows that a statement gives."""

    def run(statement: str, **options: Any) -> list[dict[str, Any]]:
        with ask(lake, statement, **options) as answer:
            return [row for batch in answer.batches() for row in batch.to_pylist(maps_as_pydicts="lossy")]

    return run
