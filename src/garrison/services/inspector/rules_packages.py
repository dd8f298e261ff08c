"""List and describe the rules packages of the region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.services.inspector.naming import described
from garrison.services.inspector.packages import PROVIDER, RulesPackage, packages_of
from garrison.services.inspector.paging import page_of, position_of, size_of
from garrison.services.inspector.service import service

if TYPE_CHECKING:
    from types_boto3_inspector import type_defs as shapes

    from garrison.services.call import Call


@service.operation("ListRulesPackages", needs={"inspector:ListRulesPackages": "*"})
def list_rules_packages(call: Call, request: shapes.ListRulesPackagesRequestTypeDef) -> dict[str, Any]:
    """The ARNs of all rules packages."""
    after = position_of(call, request, int)
    numbered = list(enumerate(packages_of(call.region)))
    return page_of(
        call,
        [one for one in numbered if after is None or one[0] > after],
        size_of(request),
        "rulesPackageArns",
        position=lambda one: one[0],
        render=lambda one: one[1],
    )


@service.operation("DescribeRulesPackages", needs={"inspector:DescribeRulesPackages": "*"})
def describe_rules_packages(call: Call, request: shapes.DescribeRulesPackagesRequestTypeDef) -> dict[str, Any]:
    """The rules packages of these ARNs."""
    return described(
        "RULES_PACKAGE", request["rulesPackageArns"], packages_of(call.region).get, _shown, "rulesPackages"
    )


def _shown(package: RulesPackage) -> dict[str, Any]:
    return {
        "arn": package.arn,
        "name": package.name,
        "version": package.version,
        "provider": PROVIDER,
        "description": package.description,
    }
