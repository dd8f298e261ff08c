"""Tables that many resources are looked up in, made once of an account's items however many checks and resources ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from garrison.items import Item
from garrison.rules.advice.inputs import Inputs
from garrison.rules.inventory import Inventory
from garrison.rules.reading import Unseen, objects, text

Table = TypeVar("Table")


def once(make: Callable[[Inventory], Table]) -> Callable[[Inputs], Table]:
    """Have a table made once of each inventory, and kept for as long as that is."""
    made: WeakKeyDictionary[Inventory, Table] = WeakKeyDictionary()

    def look(inputs: Inputs) -> Table:
        if inputs.inventory not in made:
            made[inputs.inventory] = make(inputs.inventory)
        return made[inputs.inventory]

    return look


def with_id(inputs: Inputs, resource_type: str, resource_id: str) -> Item | None:
    """The item of a type with an id; None where there is none, and raises `Unseen` where the type could not be listed."""
    if (reason := inputs.inventory.unseen.get(resource_type)) is not None:
        raise Unseen(f"{resource_type}: {reason}")
    return inputs.inventory.with_id(resource_type, resource_id)


def at_arn(inputs: Inputs, resource_type: str, arn: str) -> Item | None:
    """The item of a type with an ARN; None where there is none, and raises `Unseen` where the type could not be listed."""
    if (reason := inputs.inventory.unseen.get(resource_type)) is not None:
        raise Unseen(f"{resource_type}: {reason}")
    return inputs.inventory.at_arn(arn)


@once
def groups_in_use(inventory: Inventory) -> frozenset[str]:
    """The ids of the security groups that a network interface has."""
    interfaces = inventory.of_type("AWS::EC2::NetworkInterface")
    return frozenset(text(group, "groupId") or "" for one in interfaces for group in objects(one, "groups"))


@once
def zones_of_subnets(inventory: Inventory) -> dict[str, str]:
    """The availability zone of each subnet, by its id."""
    return {one.resource_id: zone_of(one) for one in inventory.of_type("AWS::EC2::Subnet")}


def zone_of(item: Item) -> str:
    """The availability zone of a resource; raises `Unseen` where none is told."""
    zone = item.availability_zone or text(item, "availabilityZone")
    if not zone:
        raise Unseen(f"{item.resource_id}: its availability zone is not told")
    return zone


def zones(inputs: Inputs, subnets: list[str]) -> frozenset[str]:
    """The availability zones of subnets; raises `Unseen` where one is not known."""
    known = zones_of_subnets(inputs)
    missing = [one for one in subnets if one not in known]
    if missing:
        raise Unseen(f"AWS::EC2::Subnet {missing[0]}: not among those collected")
    return frozenset(known[one] for one in subnets)


def regions(inputs: Inputs) -> list[str]:
    """The regions that were looked at, by the account's own items; raises `Unseen` where none was."""
    found = sorted({one.region for one in inputs.items("AWS::::Account") if one.region != "global"})
    if not found:
        raise Unseen("AWS::::Account: no region was looked at")
    return found
