"""Exports: which there are, who uses them, and how a stack's change as it is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.cloudformation.faults import invalid
from garrison.services.cloudformation.paging import page_of
from garrison.services.cloudformation.resources import Export, Import, Stack
from garrison.services.cloudformation.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

_PAGE = 100


def exports_of(unit: Unit, stack: Stack) -> list[Export]:
    """The exports of a stack."""
    return unit.page(Export, where={"stack": stack.uuid})


def users_of(unit: Unit, export: str, besides: str | None = None) -> list[str]:
    """The names of the stacks that use an export."""
    found = unit.page(Import, where={"export": export})
    return sorted({one.stack_name for one in found if one.stack != besides})


def change_exports(unit: Unit, stack: Stack, wanted: Mapping[str, tuple[str, str]]) -> None:
    """Make a stack's exports those that are wanted, by name output and value; raises `ApiError` for what others use or have."""
    present = {one.name: one for one in exports_of(unit, stack)}
    for name, export in present.items():
        if name in wanted and wanted[name][1] == export.value:
            continue
        users = users_of(unit, name, stack.uuid)
        if users:
            verb = "update" if name in wanted else "delete"
            raise invalid(f"Cannot {verb} export {name} as it is in use by {', '.join(users[:20])}")
    for name, export in present.items():
        if name not in wanted:
            unit.remove(export)
    for name, (output, value) in wanted.items():
        other = unit.get(Export, name)
        if other is not None and other.stack != stack.uuid:
            raise invalid(
                f"Export with name {name} is already exported by stack {other.stack_arn.split('/')[1]}. Rule: Export names must be unique within an account per region"
            )
        if other is None:
            unit.add(
                Export(
                    account=stack.account, name=name, value=value, stack=stack.uuid, stack_arn=stack.arn, output=output
                )
            )
        elif (other.output, other.value) != (output, value):
            unit.save(replace(other, output=output, value=value))


def settle_imports(unit: Unit, stack: Stack, used: Iterable[str]) -> None:
    """Forget what a stack imports no more."""
    kept = set(used)
    for each in unit.page(Import, where={"stack": stack.uuid}):
        if each.export not in kept:
            unit.remove(each)


@service.operation("ListExports", needs={"cloudformation:ListExports": "*"})
def list_exports(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The exports of the account in the region."""
    found = [
        {"ExportingStackId": one.stack_arn, "Name": one.name, "Value": one.value} for one in call.unit.page(Export)
    ]
    return page_of(call, request, found, "Exports", _PAGE, lambda one: one["Name"])


@service.operation("ListImports", needs={"cloudformation:ListImports": "*"})
def list_imports(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The stacks that use an export."""
    name = request["ExportName"]
    users = users_of(call.unit, name)
    if not users:
        raise ApiError("ValidationError", f"Export '{name}' is not imported by any stack.", status=400)
    return page_of(call, request, users, "Imports", _PAGE, lambda one: one)
