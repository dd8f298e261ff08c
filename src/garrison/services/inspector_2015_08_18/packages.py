"""Rules packages as the preview describes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.inspector.packages import PROVIDER, packages_of
from garrison.services.inspector.templates import checked_packages
from garrison.services.inspector_2015_08_18.service import service
from garrison.services.inspector_2015_08_18.texts import text_of_package

if TYPE_CHECKING:
    from garrison.services.call import Call


@service.operation("DescribeRulesPackage", needs={"inspector:DescribeRulesPackages": "*"})
def describe_rules_package(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A rules package."""
    [arn] = checked_packages(call, [request["rulesPackageArn"]])
    package = packages_of(call.region)[arn]
    return {
        "rulesPackage": {
            "rulesPackageArn": arn,
            "rulesPackageName": package.name,
            "version": package.version,
            "provider": PROVIDER,
            "description": text_of_package(arn),
        }
    }
