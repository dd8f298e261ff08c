"""Inspector's FilterCriteria as SQL over the file of findings.

Criteria of different members must all hold. Of one member, one of its EQUALS and PREFIX must hold, and every NOT_EQUALS. What a finding
has nothing of equals nothing. Source: Inspector API reference, "FilterCriteria", "StringFilter", "PackageFilter", "PortRangeFilter".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from garrison.scan_findings.kept import number_of

Criteria = Mapping[str, Sequence[Mapping[str, Any]]]


class Where(NamedTuple):
    """A condition of SQL with its values."""

    sql: str
    values: tuple[Any, ...] = ()


NOTHING = Where("1")


def all_of(parts: Iterable[Where]) -> Where:
    """Every one holds."""
    return _joined(list(parts), " AND ", "1")


def any_of(parts: Iterable[Where]) -> Where:
    """At least one holds."""
    return _joined(list(parts), " OR ", "0")


def _joined(parts: Sequence[Where], word: str, empty: str) -> Where:
    if not parts:
        return Where(empty)
    if len(parts) == 1:
        return parts[0]
    return Where(f"({word.join(part.sql for part in parts)})", tuple(value for part in parts for value in part.values))


def _json(path: str) -> str:
    return f"json_extract(body, '$.{path}')"


_RESOURCE = "resources[0]"
_DETAILS = f"{_RESOURCE}.details"
_PACKAGE = "packageVulnerabilityDetails"
_NETWORK = "networkReachabilityDetails"
_CODE = "codeVulnerabilityDetails"

TEXTS: dict[str, str] = {
    "findingArn": "arn",
    "awsAccountId": "account",
    "findingType": "type",
    "severity": "severity",
    "findingStatus": "status",
    "title": "title",
    "resourceType": "resource_type",
    "resourceId": "resource",
    "vulnerabilityId": "vulnerability",
    "fixAvailable": "fix",
    "exploitAvailable": "exploit",
    "vulnerabilitySource": _json(f"{_PACKAGE}.source"),
    "vendorSeverity": _json(f"{_PACKAGE}.vendorSeverity"),
    "networkProtocol": _json(f"{_NETWORK}.protocol"),
    "ec2InstanceImageId": _json(f"{_DETAILS}.awsEc2Instance.imageId"),
    "ec2InstanceVpcId": _json(f"{_DETAILS}.awsEc2Instance.vpcId"),
    "ec2InstanceSubnetId": _json(f"{_DETAILS}.awsEc2Instance.subnetId"),
    "ecrImageArchitecture": _json(f"{_DETAILS}.awsEcrContainerImage.architecture"),
    "ecrImageRegistry": _json(f"{_DETAILS}.awsEcrContainerImage.registry"),
    "ecrImageRepositoryName": _json(f"{_DETAILS}.awsEcrContainerImage.repositoryName"),
    "ecrImageHash": _json(f"{_DETAILS}.awsEcrContainerImage.imageHash"),
    "lambdaFunctionName": _json(f"{_DETAILS}.awsLambdaFunction.functionName"),
    "lambdaFunctionRuntime": _json(f"{_DETAILS}.awsLambdaFunction.runtime"),
    "lambdaFunctionExecutionRoleArn": _json(f"{_DETAILS}.awsLambdaFunction.executionRoleArn"),
    "codeVulnerabilityDetectorName": _json(f"{_CODE}.detectorName"),
    "codeVulnerabilityFilePath": _json(f"{_CODE}.filePath.filePath"),
    "codeRepositoryProjectName": _json(f"{_DETAILS}.codeRepository.projectName"),
    "codeRepositoryProviderType": _json(f"{_DETAILS}.codeRepository.providerType"),
    "cloudProvider": _json(f"{_RESOURCE}.provider"),
    "cloudProviderRegion": _json(f"{_RESOURCE}.region"),
    "cloudProviderAccountId": _json(f"{_RESOURCE}.providerAccountId"),
    "cloudProviderOrgId": _json(f"{_RESOURCE}.providerOrgId"),
    "cloudVmImageReference": _json(f"{_DETAILS}.vm.vmImageReference"),
    "cloudVmNetworkId": _json(f"{_DETAILS}.vm.networkId"),
    "cloudImageRepositoryName": _json(f"{_DETAILS}.image.repositoryName"),
    "cloudImageRegistry": _json(f"{_DETAILS}.image.registry"),
    "cloudImageDigest": _json(f"{_DETAILS}.image.imageDigest"),
    "cloudImageArchitecture": _json(f"{_DETAILS}.image.architecture"),
    "cloudServerlessFunctionName": _json(f"{_DETAILS}.serverlessFunction.serverlessFunctionName"),
    "cloudServerlessFunctionRuntime": _json(f"{_DETAILS}.serverlessFunction.runtime"),
    "cloudServerlessFunctionExecutionRole": _json(f"{_DETAILS}.serverlessFunction.executionRole"),
}
"""Members whose finding has one value at most."""
LISTS: dict[str, tuple[str, str]] = {
    "ecrImageTags": (f"{_DETAILS}.awsEcrContainerImage.imageTags", "value"),
    "cloudImageTags": (f"{_DETAILS}.image.imageTags", "value"),
    "cloudVmSubnetIds": (f"{_DETAILS}.vm.subnetIds", "value"),
    "lambdaFunctionLayers": (f"{_DETAILS}.awsLambdaFunction.layers", "value"),
    "relatedVulnerabilities": (f"{_PACKAGE}.relatedVulnerabilities", "value"),
    "codeVulnerabilityDetectorTags": (f"{_CODE}.detectorTags", "value"),
    "componentId": (f"{_NETWORK}.networkPath.steps", "json_extract(value, '$.componentId')"),
    "componentType": (f"{_NETWORK}.networkPath.steps", "json_extract(value, '$.componentType')"),
}
"""Members whose finding has a list: one of its values must match, none where it must not."""
NUMBERS: dict[str, str] = {
    "inspectorScore": "score",
    "epssScore": "epss",
    "ecrImageInUseCount": _json(f"{_DETAILS}.awsEcrContainerImage.inUseCount"),
    "cloudImageInUseCount": _json(f"{_DETAILS}.image.inUseCount"),
}
DATES: dict[str, str] = {"firstObservedAt": "first_at", "lastObservedAt": "last_at", "updatedAt": "updated_at"}
"""In milliseconds since 1970."""
DATES_IN_BODY: dict[str, str] = {
    "ecrImagePushedAt": _json(f"{_DETAILS}.awsEcrContainerImage.pushedAt"),
    "ecrImageLastInUseAt": _json(f"{_DETAILS}.awsEcrContainerImage.lastInUseAt"),
    "lambdaFunctionLastModifiedAt": _json(f"{_DETAILS}.awsLambdaFunction.lastModifiedAt"),
    "cloudImagePushedAt": _json(f"{_DETAILS}.image.pushedAt"),
    "cloudImageLastInUseAt": _json(f"{_DETAILS}.image.lastInUseAt"),
    "cloudServerlessFunctionLastModifiedAt": _json(f"{_DETAILS}.serverlessFunction.lastModifiedAt"),
}
"""In seconds since 1970."""
_PACKAGE_MEMBERS = {
    "name": "name",
    "version": "version",
    "release": "release",
    "architecture": "arch",
    "sourceLayerHash": "sourceLayerHash",
    "sourceLambdaLayerArn": "sourceLambdaLayerArn",
    "filePath": "filePath",
}
"""Of PackageFilter, to those of VulnerablePackage."""


def where(criteria: Criteria) -> Where:
    """The condition that a finding meets the criteria."""
    return all_of(_member(name, filters) for name, filters in criteria.items() if filters)


_SELECTIVE = frozenset({"findingArn", "resourceId", "vulnerabilityId", "title", "ec2InstanceImageId"})


def is_selective(criteria: Criteria) -> bool:
    """Whether the criteria name few findings, so that these are better sorted than found in the order asked for."""
    if any(
        _SELECTIVE & {name} and all(one["comparison"] == "EQUALS" for one in filters)
        for name, filters in criteria.items()
    ):
        return True
    packages = criteria.get("vulnerablePackages") or ()
    return bool(packages) and all((one.get("name") or {}).get("comparison") == "EQUALS" for one in packages)


def _member(name: str, filters: Sequence[Mapping[str, Any]]) -> Where:
    if name in TEXTS:
        return texts(TEXTS[name], filters)
    if name in LISTS:
        return _in_list(*LISTS[name], filters)
    if name in NUMBERS:
        return any_of(between(NUMBERS[name], one.get("lowerInclusive"), one.get("upperInclusive")) for one in filters)
    if name in DATES:
        return any_of(dates(DATES[name], one, number_of) for one in filters)
    if name in DATES_IN_BODY:
        return any_of(dates(DATES_IN_BODY[name], one, datetime.timestamp) for one in filters)
    return _OTHERS[name](filters)


def texts(column: str, filters: Sequence[Mapping[str, Any]]) -> Where:
    """A value against StringFilters."""
    wanted = [text(column, one) for one in filters if one["comparison"] != "NOT_EQUALS"]
    return all_of(
        [
            *([any_of(wanted)] if wanted else []),
            *(text(column, one) for one in filters if one["comparison"] == "NOT_EQUALS"),
        ]
    )


def text(column: str, one: Mapping[str, Any]) -> Where:
    """A value against one StringFilter."""
    comparison, value = one["comparison"], one["value"]
    if comparison == "EQUALS":
        return Where(f"{column} = ?", (value,))
    if comparison == "NOT_EQUALS":
        return Where(f"{column} IS NOT ?", (value,))
    return Where(f"({column} >= ? AND substr({column}, 1, ?) = ?)", (value, len(value), value))


def between(column: str, lower: Any, upper: Any) -> Where:
    """A number within bounds, either of which may be missing."""
    parts = [Where(f"{column} IS NOT NULL")]
    if lower is not None:
        parts.append(Where(f"{column} >= ?", (lower,)))
    if upper is not None:
        parts.append(Where(f"{column} <= ?", (upper,)))
    return all_of(parts)


def dates(column: str, one: Mapping[str, Any], number: Callable[[datetime], float]) -> Where:
    """A time within bounds, either of which may be missing: `datetime`s, or seconds since 1970 as criteria are kept."""
    start, end = one.get("startInclusive"), one.get("endInclusive")
    return between(
        column,
        None if start is None else number(_moment(start)),
        None if end is None else number(_moment(end)),
    )


def _moment(at: datetime | float) -> datetime:
    return at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)


def storable(criteria: Criteria) -> dict[str, list[dict[str, Any]]]:
    """Criteria as JSON keeps them."""
    return {
        name: [
            {key: value.timestamp() if isinstance(value, datetime) else value for key, value in one.items()}
            for one in filters
        ]
        for name, filters in criteria.items()
    }


def _in_list(path: str, value: str, filters: Sequence[Mapping[str, Any]]) -> Where:
    wanted = [text(value, one) for one in filters if one["comparison"] != "NOT_EQUALS"]
    refused = [Where(f"{value} = ?", (one["value"],)) for one in filters if one["comparison"] == "NOT_EQUALS"]
    parts = []
    if wanted:
        parts.append(_each(path, any_of(wanted), "EXISTS"))
    if refused:
        parts.append(_each(path, any_of(refused), "NOT EXISTS"))
    return all_of(parts)


def _each(path: str, condition: Where, word: str) -> Where:
    return Where(f"{word} (SELECT 1 FROM json_each(body, '$.{path}') WHERE {condition.sql})", condition.values)  # noqa: S608


def tags(path: str, filters: Sequence[Mapping[str, Any]]) -> Where:
    """A JSON object of tags against MapFilters: a key, with a value or with any."""
    found = []
    for one in filters:
        condition = Where("key = ?", (one["key"],))
        if one.get("value") is not None:
            condition = all_of([condition, Where("value = ?", (one["value"],))])
        found.append(_each(path, condition, "EXISTS"))
    return any_of(found)


def _ports(filters: Sequence[Mapping[str, Any]]) -> Where:
    begin, end = _json(f"{_NETWORK}.openPortRange.begin"), _json(f"{_NETWORK}.openPortRange.end")
    return any_of(
        all_of([between(begin, one.get("beginInclusive"), None), between(end, None, one.get("endInclusive"))])
        for one in filters
    )


def _packages(filters: Sequence[Mapping[str, Any]]) -> Where:
    return any_of(_one_package(one) for one in filters)


def _one_package(one: Mapping[str, Any]) -> Where:
    """One and the same package meets all that is asked; a name that must be equal is found by the index of names."""
    conditions = [
        text(f"json_extract(value, '$.{member}')", one[name])
        for name, member in _PACKAGE_MEMBERS.items()
        if one.get(name) is not None
    ]
    epoch = one.get("epoch")
    if epoch is not None:
        column = "coalesce(json_extract(value, '$.epoch'), 0)"
        conditions.append(between(column, epoch.get("lowerInclusive"), epoch.get("upperInclusive")))
    parts = [_each(f"{_PACKAGE}.vulnerablePackages", all_of(conditions), "EXISTS")]
    name = one.get("name")
    if name is not None and name["comparison"] == "EQUALS":
        parts.insert(0, Where("id IN (SELECT finding FROM package WHERE name = ?)", (name["value"],)))
    return all_of(parts)


_OTHERS: dict[str, Callable[[Sequence[Mapping[str, Any]]], Where]] = {
    "resourceTags": lambda filters: tags(f"{_RESOURCE}.tags", filters),
    "portRange": _ports,
    "vulnerablePackages": _packages,
}
MEMBERS = frozenset([*TEXTS, *LISTS, *NUMBERS, *DATES, *DATES_IN_BODY, *_OTHERS])
"""All that can be asked."""
