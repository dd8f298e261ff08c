"""Every name that a collector can give a property is the one that AWS Config's schema has."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from garrison.collect.catalog import services
from garrison.collect.declaration import Call, Place, Service, Type
from garrison.collect.names import Names, is_known, names_of, written
from garrison.collect.paths import shape_at

SESSION = botocore.session.Session()
DEEPEST = 8
BOTH = "AdvancedSecurityOptions.SAMLOptions"
"""Config's schema has its members partly below `SamlOptions`."""


@pytest.fixture(scope="module")
def schema(suites: Path) -> dict[str, dict[str, str]]:
    """Config's own property paths by type."""
    with tarfile.open(suites / "config" / "config-resource-schema.tar.gz") as tar:
        return {
            Path(member.name).name.removesuffix(".properties.json"): json.load(tar.extractfile(member))
            for member in tar.getmembers()
            if "/resource-types/" in member.name
        }


def types() -> Iterator[tuple[Service, Type]]:
    for service in services():
        for kind in service.types:
            yield service, kind


def shape_of(service: str, call: Call, path: str) -> Any:
    if call.reads is not None:
        return None
    model = SESSION.get_service_model(call.service or service).operation_model(call.operation)
    return shape_at(model.output_shape, path)


def paths_of(value: Any, before: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from paths_of(each, f"{before}.{name}" if before else name)
    elif isinstance(value, list):
        for each in value:
            yield from paths_of(each, before)
    else:
        yield before


def sample(shape: Any, depth: int = 0) -> Any:
    """A value of a shape that has every member."""
    if shape is None or depth > DEEPEST:
        return "x"
    if shape.type_name == "structure":
        return {name: sample(member, depth + 1) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [sample(shape.member, depth + 1)]
    if shape.type_name == "map":
        return {}
    return "x"


def written_paths(service: Service, kind: Type) -> set[str]:
    """Every path that the type's configuration can have, of the row and of the parts that go there."""
    shape = shape_of(service.name, kind.call, kind.call.rows)
    row = sample(shape)
    if isinstance(row, dict):
        row = {name: each for name, each in row.items() if name not in kind.drop}
        row = row if kind.only is None else {name: row[name] for name in kind.only}
    made = written(row, shape, names_of(kind.name), kind.rename)
    for part in kind.parts:
        if part.into is Place.CONFIGURATION:
            below = names_of(kind.name).under(part.name) if part.name else names_of(kind.name)
            taken = shape_of(service.name, part.call, part.take)
            told = written(sample(taken), taken, below, kind.rename)
            told = part.shaped(told) if part.shaped and isinstance(told, dict) else told
            made = (made if isinstance(made, dict) else {}) | ({part.name: told} if part.name else told)
    return set(paths_of(made))


@pytest.mark.parametrize(("service", "kind"), list(types()), ids=lambda value: value.name)
def test_no_property_is_spelled_otherwise_than_by_config(
    service: Service, kind: Type, schema: dict[str, dict[str, str]]
) -> None:
    known = {
        path.removeprefix("configuration.") for path in schema.get(kind.name, {}) if path.startswith("configuration.")
    }
    by_fold = {path.casefold(): path for path in known}
    made = written_paths(service, kind)
    misspelled = {path for path in made if by_fold.get(path.casefold(), path) != path and BOTH not in path}
    assert misspelled == set()
    is_map = shape_of(service.name, kind.call, kind.call.rows).type_name == "map"
    if known and not is_map:
        assert {path.split(".")[0] for path in made} & {path.split(".")[0] for path in known}, "nothing that Config has"


def test_types_that_config_has_are_in_the_table_as_in_its_schema(schema: dict[str, dict[str, str]]) -> None:
    for _, kind in types():
        assert is_known(kind.name) == (kind.name in schema)
        for path, what in schema.get(kind.name, {}).items():
            section, _, rest = path.partition(".")
            if rest and section in ("configuration", "supplementaryConfiguration"):
                node = names_of(kind.name, section)
                if BOTH.casefold() in rest.casefold():
                    continue
                for name in rest.split("."):
                    node = node.under(name)
                    assert node.exact == name
                assert node.kind == what


def test_config_wraps_some_words_and_converts_what_services_write_as_text() -> None:
    volume = SESSION.get_service_model("ec2").shape_for("Volume")
    assert written({"State": "in-use"}, volume, names_of("AWS::EC2::Volume")) == {"state": {"value": "in-use"}}
    attributes = SESSION.get_service_model("sqs").shape_for("QueueAttributeMap")
    queue = names_of("AWS::SQS::Queue")
    made = written({"VisibilityTimeout": "30", "DelaySeconds": "0", "QueueArn": "a"}, attributes, queue)
    assert made == {"VisibilityTimeout": 30, "DelaySeconds": 0, "QueueArn": "a"}
    key = SESSION.get_service_model("kms").shape_for("KeyMetadata")
    assert written({"MultiRegion": "true"}, key, names_of("AWS::KMS::Key")) == {"multiRegion": True}


def test_a_name_that_the_schema_lacks_follows_the_style_of_its_type() -> None:
    assert names_of("AWS::EC2::Instance").under("NewThing").exact == "newThing"
    assert names_of("AWS::ECS::Cluster").under("newThing").exact == "NewThing"
    assert names_of("AWS::Nobody::Knows").under("NewThing").exact == "newThing"
    assert Names().under("A").exact == "a"
