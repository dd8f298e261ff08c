"""How long past states are kept: seven years, unless a retention configuration says otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.inventory import INVENTORY_FILE
from garrison.services.config.recorder.resources import RetentionConfiguration
from garrison.services.config.rules.recorded import history_of
from garrison.services.config.service import service
from garrison.services.organizations.members import accounts_here

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.background import Workplace
    from garrison.services.call import Call

NAME = "default"
DEFAULT_DAYS = 2557
"""Seven years (AWS Config API reference, "RetentionConfiguration")."""


@service.operation("PutRetentionConfiguration", needs={"config:PutRetentionConfiguration": "*"})
def put_retention_configuration(call: Call, request: shapes.PutRetentionConfigurationRequestTypeDef) -> dict[str, Any]:
    """Keep past states for so many days from now on."""
    days = request["RetentionPeriodInDays"]
    present = call.unit.get(RetentionConfiguration, NAME)
    if present is None:
        call.unit.add(RetentionConfiguration(account=call.account, region=call.region, name=NAME, days=days))
    else:
        call.unit.save(replace(present, days=days))
    return {"RetentionConfiguration": {"Name": NAME, "RetentionPeriodInDays": days}}


@service.operation("DescribeRetentionConfigurations", needs={"config:DescribeRetentionConfigurations": "*"})
def describe_retention_configurations(
    call: Call, request: shapes.DescribeRetentionConfigurationsRequestTypeDef
) -> dict[str, Any]:
    """The retention configuration, where there is one."""
    names = request.get("RetentionConfigurationNames")
    found = [_existing(call, name) for name in names] if names else list(call.unit.page(RetentionConfiguration))
    return {
        "RetentionConfigurations": [{"Name": one.name, "RetentionPeriodInDays": one.days} for one in found],
    }


@service.operation("DeleteRetentionConfiguration", needs={"config:DeleteRetentionConfiguration": "*"})
def delete_retention_configuration(call: Call, request: shapes.DeleteRetentionConfigurationRequestTypeDef) -> None:
    """Keep past states for seven years again."""
    call.unit.remove(_existing(call, request["RetentionConfigurationName"]))


def _existing(call: Call, name: str) -> RetentionConfiguration:
    found = call.unit.get(RetentionConfiguration, name)
    if found is None:
        raise ApiError(
            "NoSuchRetentionConfigurationException",
            f"Cannot find retention configuration with the specified name '{name}'.",
        )
    return found


@service.task("config-retention", every=timedelta(minutes=10))
def forget_old(place: Workplace) -> None:
    """Forget states that ended longer ago than they are kept."""
    if not (place.home / INVENTORY_FILE).exists():
        return
    settings = place.parts.settings
    for account in accounts_here(place.parts):
        with place.parts.store.reading(account, settings.region) as unit:
            kept = unit.get(RetentionConfiguration, NAME)
        days = kept.days if kept is not None else DEFAULT_DAYS
        history_of(place.parts).tidy(account, place.clock.now() - timedelta(days=days))
