"""What the code imports is what the project declares, locked by hash and without an address."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from .documents import PROJECT

SOURCE = PROJECT / "src" / "garrison"
SETTINGS = tomllib.loads((PROJECT / "pyproject.toml").read_text())
DECLARED = SETTINGS["project"]
GROUPS = SETTINGS["dependency-groups"]
LOCKS = sorted((PROJECT / "requirements").glob("*.txt"))
APART = {"salt", "console"}
"""Locks of environments of their own."""

NOT_BY_DEFAULT = {"boto3", "awscli", "pytest", "pandas", "pyspark-client", "moto", "distributed", "python-pkcs11"}
"""What few need, and what only tests and extras may bring."""


def name_of(requirement: str) -> str:
    """The normalised name in `Name[extra]>=1; marker`."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", requirement.strip(), maxsplit=1)[0]).lower()


def run_time_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that only a type checker sees."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            continue
        yield node
        yield from run_time_nodes(node)


def imported(path: Path) -> set[str]:
    """The top-level names that a module imports from outside Garrison and Python."""
    names: set[str] = set()
    for node in run_time_nodes(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names - sys.stdlib_module_names - {"garrison", "tests"}


def undeclared(folder: Path, requirements: list[str]) -> set[str]:
    """The imports below a folder for which no requirement stands, each with its module."""
    declared = {name_of(requirement) for requirement in requirements}
    providers = importlib.metadata.packages_distributions()
    return {
        f"{path.relative_to(PROJECT)}: {name}"
        for path in folder.rglob("*.py")
        for name in imported(path)
        if not {name_of(provider) for provider in providers.get(name, [name])} & declared
    }


def test_everything_that_is_imported_is_declared() -> None:
    extras = [requirement for extra in DECLARED["optional-dependencies"].values() for requirement in extra]
    assert undeclared(SOURCE, DECLARED["dependencies"] + extras) == set()


def test_everything_that_tests_import_is_installed_by_make_test() -> None:
    extras = [requirement for extra in DECLARED["optional-dependencies"].values() for requirement in extra]
    assert undeclared(PROJECT / "tests", DECLARED["dependencies"] + extras + GROUPS["test"]) == set()


def test_the_default_installation_brings_nothing_that_only_some_need() -> None:
    locked = {
        name_of(line) for line in (PROJECT / "requirements" / "runtime.txt").read_text().splitlines() if line[:1] != " "
    }
    assert locked & NOT_BY_DEFAULT == set()
    assert {name_of(requirement) for requirement in DECLARED["dependencies"]} <= locked


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_hashes_and_no_address(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"://|@ |^-", text, re.MULTILINE)
    for package in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9._-]+==\S+", package), package
        assert "--hash=sha256:" in package


@pytest.mark.parametrize("path", [path for path in LOCKS if path.stem not in APART], ids=lambda path: path.name)
def test_no_package_has_two_versions(path: Path) -> None:
    whole = set(re.findall(r"^\S+==\S+", (PROJECT / "requirements" / "dev.txt").read_text(), re.MULTILINE))
    assert set(re.findall(r"^\S+==\S+", path.read_text(), re.MULTILINE)) <= whole
