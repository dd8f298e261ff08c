"""Templates that others published: all of them are read, and work as templates where they ask for nothing that is not there."""

from __future__ import annotations

import tarfile
from pathlib import Path

from garrison.templates import (
    Scope,
    TemplateInvalid,
    evaluate,
    expand,
    graph,
    parse,
    present,
    pseudo_parameters,
    validate,
)

PSEUDO = pseudo_parameters("111122223333", "eu-west-1", stack_id="id", stack_name="published")
MODULES = "CloudFormation_StackSets_common-resources.yaml"
"""Made for another tool, which replaces its `!Rain::Module` before CloudFormation sees it."""
CONTROLS = 4
"""Packs that give rules a member `Controls`, which is none of a CloudFormation resource."""


def test_every_published_template_is_read_and_can_be_worked_out(suites: Path) -> None:
    refused = []
    for file in sorted((suites / "cloudformation").glob("*.y*ml")):
        try:
            template = parse(file.read_text())
        except TemplateInvalid as error:
            refused.append((file.name, error.message))
            continue
        values = {name: one.default or "value" for name, one in template.parameters.items()}
        validate(template)
        template = expand(Scope(template, values, PSEUDO))
        validate(template)
        scope = Scope(template, values, PSEUDO, imported=lambda name: name)
        for name in graph(template, present(scope)).order:
            evaluate(template.resources[name].properties, scope)
    assert [name for name, _ in refused] == [MODULES] and "the tag !Rain::Module is not supported" in refused[0][1]


def test_every_conformance_pack_is_a_template(suites: Path) -> None:
    refused = []
    with tarfile.open(suites / "config" / "conformance-packs.tar.gz") as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith((".yaml", ".yml")) else None
            if file is None:
                continue
            template = parse(file.read().decode())
            try:
                validate(template)
            except TemplateInvalid as error:
                refused.append(error.message)
    assert refused == ["Invalid template resource property 'Controls'"] * CONTROLS
