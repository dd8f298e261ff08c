"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def suites() -> Path:
    """The folder of test suites that nobody here wrote (`GARRISON_SUITES`, else `../shared/suites`)."""
    folder = Path(os.environ.get("GARRISON_SUITES") or Path(__file__).parents[2] / "shared" / "suites")
    if not folder.is_dir():
        pytest.skip(f"conformance suites absent: {folder.name}")
    return folder
