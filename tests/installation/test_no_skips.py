"""Where `GARRISON_NO_SKIPS=1`, as in `.ci/run`, a skipped test fails the run; elsewhere it is only named."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .documents import PROJECT
from .machine import plain_environment, run

SKIPPED_TEST = "import pytest\n\ndef test_here(): pass\n\ndef test_there(): pytest.skip('no such machine')\n"
SKIPPED_FILE = "import pytest\n\npytest.skip('no such library', allow_module_level=True)\n"
EXPECTED_FAILURE = "import pytest\n\n@pytest.mark.xfail(reason='known')\ndef test_known(): assert False\n"


def outcome(folder: Path, test: str, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run one test file under the project's own conftest."""
    shutil.copyfile(PROJECT / "tests" / "conftest.py", folder / "conftest.py")
    (folder / "test_sample.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", *options, str(folder)]
    return run(command, folder, plain_environment(folder, **variables))


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "in two processes"])
@pytest.mark.parametrize("test", [SKIPPED_TEST, SKIPPED_FILE], ids=["a test", "a file"])
def test_a_skip_fails_the_run_where_none_is_allowed(tmp_path: Path, test: str, options: tuple[str, ...]) -> None:
    refused = outcome(tmp_path, test, *options, GARRISON_NO_SKIPS="1")
    assert refused.returncode != 0, refused.stdout
    assert "skipped, where GARRISON_NO_SKIPS=1 allows none: " in refused.stdout
    allowed = outcome(tmp_path, SKIPPED_TEST, *options)
    assert allowed.returncode == 0, allowed.stdout
    assert "no such machine" in allowed.stdout


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    assert outcome(tmp_path, EXPECTED_FAILURE, GARRISON_NO_SKIPS="1").returncode == 0
