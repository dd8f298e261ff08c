"""Settings come from file, environment and options, in this order; what is wrong is named with its place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garrison.errors import OperatorError
from garrison.setting_sources import load_settings

ACCOUNT = 'account_id = "123456789012"\n'


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """Variables to set; the environment is put back afterwards."""
    before = dict(os.environ)
    for name in list(os.environ):
        if name.startswith("GARRISON_"):
            del os.environ[name]
    yield os.environ  # type: ignore[misc]
    os.environ.clear()
    os.environ.update(before)


def home(folder: Path, text: str) -> Path:
    (folder / "garrison.toml").write_text(ACCOUNT + text)
    return folder


def test_an_option_wins_over_a_variable_and_a_variable_over_the_file(tmp_path: Path, environment: Any) -> None:
    place = home(tmp_path, "workers = 2\nport = 1000\nretention_days = 7\n")
    environment.update(GARRISON_WORKERS="3", GARRISON_PORT="2000", GARRISON_ALLOWED_HOSTS="a.example,b.example")
    found = load_settings(place, workers=4, port=None)
    assert (found.workers, found.port, found.retention_days) == (4, 2000, 7)
    assert found.allowed_hosts == ("a.example", "b.example")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ('port = "many"', "The setting port in {file} is wrong: Expected `int`, got `str`."),
        ("port = 70000", "The setting port in {file} is wrong: Expected `int` <= 65535."),
        ('fsync = "sometimes"', "The setting fsync in {file} is wrong: Invalid enum value 'sometimes'."),
        ('allowed_hosts = ["a", 1]', "The setting allowed_hosts in {file} is wrong"),
        ('fsnc = "always"', "{file} has fsnc, which is no setting. Perhaps fsync is meant."),
        ("[fsync]\nmode = 1", "The setting fsync in {file} is wrong"),
        ("port = ", "{file} is not TOML"),
    ],
)
def test_a_wrong_line_of_the_file_is_named(tmp_path: Path, environment: Any, text: str, cause: str) -> None:
    place = home(tmp_path, text)
    with pytest.raises(OperatorError) as refused:
        load_settings(place)
    assert refused.value.cause.startswith(cause.format(file=place / "garrison.toml"))
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("variable", "value", "cause"),
    [
        ("GARRISON_PORT", "tcp://10.0.0.1:4600", "The setting port in the variable GARRISON_PORT is wrong"),
        ("GARRISON_TLS", "perhaps", "The setting tls in the variable GARRISON_TLS is wrong"),
        ("GARRISON_FSYCN", "never", "The variable GARRISON_FSYCN is no setting. Perhaps GARRISON_FSYNC is meant."),
        ("GARRISON_COLOUR", "red", "The variable GARRISON_COLOUR is no setting."),
    ],
)
def test_a_wrong_variable_is_named(tmp_path: Path, environment: Any, variable: str, value: str, cause: str) -> None:
    environment[variable] = value
    with pytest.raises(OperatorError) as refused:
        load_settings(home(tmp_path, ""))
    assert refused.value.cause.startswith(cause)
    assert refused.value.remedy


def test_variables_of_others_set_nothing(tmp_path: Path, environment: Any) -> None:
    environment.update(
        GARRISON_SERVICE_HOST="10.0.0.1", GARRISON_PORT_4600_TCP="tcp://10.0.0.1:4600", GARRISON_REGION="",
        GARRISON_ROOT_KEY_VARIABLE="GARRISON_ROOT_KEY", GARRISON_ROOT_KEY="c2VjcmV0", GARRISON_HOME="/nowhere",
    )  # fmt: skip
    found = load_settings(home(tmp_path, ""))
    assert (found.home, found.region, found.root_key_variable) == (str(tmp_path), "us-east-1", "GARRISON_ROOT_KEY")


def test_a_wrong_option_is_named(tmp_path: Path, environment: Any) -> None:
    with pytest.raises(OperatorError, match="The setting workers in the option --workers is wrong"):
        load_settings(home(tmp_path, ""), workers=100)


def test_a_home_without_settings_has_no_account(tmp_path: Path, environment: Any) -> None:
    with pytest.raises(OperatorError, match="There is no account"):
        load_settings(tmp_path)
    (tmp_path / "garrison.toml").write_text("port = 1\n")
    with pytest.raises(OperatorError, match="lacks the setting account_id"):
        load_settings(tmp_path)
