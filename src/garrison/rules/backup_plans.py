"""Which resources a backup plan takes in, and how it keeps their backups.

A selection names resources by ARN (with wildcards), by tags of which one is enough, and by conditions that all have to hold.
Source: AWS Backup API reference, "BackupSelection"; AWS Backup Developer Guide, "Assigning resources to a backup plan".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from garrison import codec
from garrison.items import GLOBAL, Item
from garrison.rules.inventory import Inventory
from garrison.rules.reading import Unseen, flag, listed, number, objects, text, texts, value
from garrison.rules.registry import TAGS, Parameters

PLAN, SELECTION, VAULT = "AWS::Backup::BackupPlan", "AWS::Backup::BackupSelection", "AWS::Backup::BackupVault"
TAG_KEY = "aws:ResourceTag/"
_TESTS: dict[str, Callable[[str | None, str], bool]] = {
    "StringEquals": lambda found, wanted: found == wanted,
    "StringNotEquals": lambda found, wanted: found != wanted,
    "StringLike": lambda found, wanted: found is not None and _like(found, wanted),
    "StringNotLike": lambda found, wanted: found is None or not _like(found, wanted),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a plan has to keep backups, where it matters."""

    regions: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    most_days: int | None = None
    least_days: int | None = None
    is_locked: bool = False


class Coverage(Parameters, frozen=True, rename="camel"):
    """Which resources are meant (all where none is), where copies have to go, and how the vault has to be locked."""

    resource_tags: str = ""
    resource_id: str = ""
    cross_region_list: str = ""
    cross_account_list: str = ""
    max_retention_days: int | None = None
    min_retention_days: int | None = None
    backup_vault_lock_check: bool = False

    def __post_init__(self) -> None:
        """Refuse tags that are no JSON object."""
        self.tags()

    def tags(self) -> dict[str, str]:
        """The tags by which resources are meant."""
        try:
            found = codec.decode(self.resource_tags.encode()) if self.resource_tags else {}
        except Exception as error:
            raise ValueError("resourceTags has to be a JSON object") from error
        if not isinstance(found, dict):
            raise ValueError("resourceTags has to be a JSON object")
        return {str(key): str(each) for key, each in found.items()}

    def means(self, resource: Item) -> bool:
        """Whether a resource is meant."""
        if self.resource_id and self.resource_id not in (resource.resource_id, resource.resource_name):
            return False
        wanted = self.tags()
        return not wanted or wanted.items() <= _tags(resource).items()

    def wanted(self) -> Wanted:
        """How backups have to be kept."""
        return Wanted(
            listed(self.cross_region_list),
            listed(self.cross_account_list),
            self.max_retention_days,
            self.min_retention_days,
            self.backup_vault_lock_check,
        )


def uncovered(resource: Item, wanted: Wanted, inventory: Inventory) -> str | None:
    """Why no backup plan takes a resource in as wanted; None where one does. Raises `Unseen` where nobody can tell."""
    reason, plans = "No backup plan takes it in", inventory.of_type(PLAN)
    for selection in inventory.of_type(SELECTION):
        if resource.region not in (selection.region, GLOBAL) or not selects(selection, resource):
            continue
        if wanted == Wanted():
            return None
        plan_id = text(selection, "BackupPlanId")
        plan = next((one for one in plans if one.resource_id == plan_id), None)
        if plan is None:
            raise Unseen(f"{PLAN}: {plan_id} is not known")
        lack = _lack(plan, wanted, inventory)
        if lack is None:
            return None
        reason = lack
    return reason


def selects(selection: Item, resource: Item) -> bool:
    """Whether a selection takes a resource in."""
    if any(_like(resource.arn, one) for one in texts(selection, "BackupSelection", "NotResources")):
        return False
    patterns = texts(selection, "BackupSelection", "Resources")
    one_of = objects(selection, "BackupSelection", "ListOfTags")
    if any(_tags(resource).get(text(one, "ConditionKey") or "") == text(one, "ConditionValue") for one in one_of):
        return _meets(selection, resource)
    is_named = any(_like(resource.arn, one) for one in patterns) or not (patterns or one_of)
    return is_named and _meets(selection, resource)


def _meets(selection: Item, resource: Item) -> bool:
    conditions = value(selection, "BackupSelection", "Conditions")
    if not isinstance(conditions, Mapping):
        return True
    return all(
        test(
            _tags(resource).get((text(one, "ConditionKey") or "").removeprefix(TAG_KEY)),
            text(one, "ConditionValue") or "",
        )
        for name, test in _TESTS.items()
        for one in objects(conditions, name)
    )


def _lack(plan: Item, wanted: Wanted, inventory: Inventory) -> str | None:
    """What a plan lacks of what is wanted; its rules count together."""
    rules = list(_rules(plan))
    copies = [
        (text(copy, "DestinationBackupVaultArn") or "").split(":")
        for one in rules
        for copy in objects(one, "CopyActions")
    ]
    for what, index, wanted_names in (("region", 3, wanted.regions), ("account", 4, wanted.accounts)):
        reached = {parts[index] for parts in copies if len(parts) > index}
        if missing := [each for each in wanted_names if each not in reached]:
            return f"The plan {plan.resource_name} copies nothing to the {what} {missing[0]}"
    if wanted.is_locked or wanted.most_days is not None or wanted.least_days is not None:
        names = [text(one, "TargetBackupVault") or text(one, "TargetBackupVaultName") for one in rules]
        if not any(_is_kept(inventory, name, plan.region, wanted) for name in names):
            return f"The plan {plan.resource_name} has no vault that is locked as demanded"
    return None


def _is_kept(inventory: Inventory, name: str | None, region: str, wanted: Wanted) -> bool:
    for vault in inventory.of_type(VAULT):
        if vault.resource_name == name and vault.region == region:
            least, most = number(vault, "MinRetentionDays"), number(vault, "MaxRetentionDays")
            return (
                flag(vault, "Locked") is True
                and (wanted.least_days is None or (least is not None and least >= wanted.least_days))
                and (wanted.most_days is None or (most is not None and most <= wanted.most_days))
            )
    raise Unseen(f"{VAULT}: {name} is not known")


def _rules(plan: Item) -> Iterator[Mapping[str, Any]]:
    yield from objects(plan, "BackupPlan", "BackupPlanRule")
    yield from objects(plan, "BackupPlan", "Rules")


def _tags(resource: Item) -> dict[str, str]:
    for reason in resource.unknown:
        if reason.startswith(f"{TAGS}:"):
            raise Unseen(reason)
    return resource.tags


def _like(found: str, pattern: str) -> bool:
    """By `*` alone, as AWS Backup matches; brackets and question marks stand for themselves."""
    return fnmatchcase(found, pattern.replace("[", "[[]").replace("?", "[?]"))
