"""The plugin as its users have it: in a test run of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from garrison.testing.servers import Servers

pytest_plugins = ["pytester"]

DOCUMENT = Path(__file__).parents[2] / "docs" / "testing.md"


def example(name: str) -> str:
    found = re.search(rf"<!-- example: {re.escape(name)} -->\n```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found is not None
    return found[1]


def homes(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def processes_of(folder: Path) -> list[int]:
    """Those that have a file of the folder open or name it in their environment."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or not is_alive(int(process.name)):
            continue
        try:
            names = [os.readlink(file) for file in (process / "fd").iterdir()]
        except OSError:
            continue
        if any(name.startswith(str(folder)) for name in names):
            found.append(int(process.name))
    return found


def wait_until_gone(folder: Path) -> None:
    deadline = time.monotonic() + 20
    while processes_of(folder) or folder.exists():
        assert time.monotonic() < deadline, (processes_of(folder), homes(folder))
        time.sleep(0.05)


def test_the_example_of_the_document_is_true(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_quarantine=example("test_quarantine.py"))
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)


def test_a_run_that_asks_for_no_account_starts_and_loads_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_it():
            loaded = [name for name in sys.modules if name.startswith("garrison.") or name == "boto3"]
            assert sorted(loaded) == ["garrison.testing", "garrison.testing.plugin"]
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_homes_are_kept_when_asked_for(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_it(garrison):
            assert garrison.client("iam").list_users()["Users"]
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "--garrison-keep")
    result.assert_outcomes(passed=1)
    folder = Path(next(re.finditer(r"homes are in (\S+)", result.stdout.str()))[1])
    assert (folder / "0001" / "credentials").exists()
    subprocess.run(["rm", "-r", str(folder)], check=True)


def test_region_and_workers_are_settings_of_the_run(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ngarrison_region = eu-central-1\ngarrison_workers = 2\n")
    pytester.makepyfile(
        """
        def test_it(garrison):
            assert garrison.region == "eu-central-1"
            assert garrison.client("cloudtrail").meta.region_name == "eu-central-1"
            assert "workers = 2" in (garrison.home / "garrison.toml").read_text()
            for number in range(20):
                garrison.client("iam").create_user(UserName=f"u{number}")
                assert len(garrison.events("CreateUser")) == number + 2
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_nothing_in_the_environment_turns_a_client_elsewhere(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "AWS_PROFILE": "absent",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_IAM": "http://127.0.0.1:9",
        "AWS_REGION": "eu-west-3",
        "GARRISON_PORT": "9",
        "GARRISON_REGION": "eu-west-3",
    }.items():
        monkeypatch.setenv(name, value)
    pytester.makepyfile(
        """
        def test_it(garrison):
            assert garrison.client("iam").list_users()["Users"]
            assert garrison.client("iam").meta.region_name == garrison.region == "us-east-1"
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_nothing_is_left_when_the_tests_are_killed(tmp_path: Path) -> None:
    test = tmp_path / "test_killed.py"
    test.write_text(
        "import time\n"
        "def test_it(garrison_session, garrison):\n"
        "    print('home', garrison.home.parent, flush=True)\n"
        "    time.sleep(60)\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-s", "-p", "no:cacheprovider", str(test)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    assert run.stdout is not None
    with run.stdout as output:
        folder = next(Path(line.split()[-1]) for line in output if "home " in line)
        assert len(processes_of(folder)) >= 7
        run.send_signal(signal.SIGKILL)
        run.wait()
    wait_until_gone(folder)


def test_nothing_is_left_of_a_fork_server_that_is_killed() -> None:
    servers = Servers()
    home, _ = servers.start()
    assert processes_of(home)
    os.kill(servers.pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while processes_of(home):
        assert time.monotonic() < deadline, processes_of(home)
        time.sleep(0.05)
    with pytest.raises(RuntimeError, match="fork server ended"):
        servers.start()
    servers.close()
    assert not servers.folder.exists()


def test_a_failed_start_says_why() -> None:
    servers = Servers()
    try:
        with pytest.raises(RuntimeError, match=r"The setting region in .* is wrong"):
            servers.start(region="nowhere")
        home, _ = servers.start()
        servers.stop(home)
        assert not home.exists()
    finally:
        servers.close()
