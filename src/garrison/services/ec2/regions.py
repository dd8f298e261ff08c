"""The account's regions: its home region, where everything that is not global is kept.

EC2 API reference, DescribeRegions. Tools ask this before they look anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import translate
from functools import lru_cache
from re import Pattern
from re import compile as compile_pattern
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.ec2.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call

_FILTERS = {"endpoint": "Endpoint", "opt-in-status": "OptInStatus", "region-name": "RegionName"}
MOST_FILTER_VALUES = 200
"""Values of one filter (EC2 User Guide, "Filtering considerations")."""
LONGEST_FILTER_VALUE = 255


@service.operation("DescribeRegions", needs={"ec2:DescribeRegions": "*"})
def describe_regions(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """List the regions of the account; `DryRun` answers whether the caller may."""
    if request.get("DryRun"):
        raise ApiError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", status=412)
    home = call.parts.settings.region
    named = request.get("RegionNames") or [home]
    unknown = [name for name in named if name != home]
    if unknown:
        raise ApiError("InvalidParameterValue", f"Invalid region name(s): [{','.join(unknown)}]", status=400)
    region = {
        "RegionName": home,
        "Endpoint": f"ec2.{home}.amazonaws.com",
        "OptInStatus": "opt-in-not-required",
    }
    return {"Regions": [region] if _passes(region, request.get("Filters") or ()) else []}


def _passes(region: Mapping[str, str], filters: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a region meets every filter, by any of its values; `*` and `?` stand for any characters and any one."""
    for wanted in filters:
        name, values = wanted.get("Name", ""), wanted.get("Values") or []
        if name not in _FILTERS:
            raise ApiError("InvalidParameterValue", f"The filter '{name}' is invalid", status=400)
        if len(values) > MOST_FILTER_VALUES or any(len(value) > LONGEST_FILTER_VALUE for value in values):
            raise ApiError("FilterLimitExceeded", "The filter has too many or too long values.", status=400)
        if not any(_pattern(value).fullmatch(region[_FILTERS[name]]) for value in values):
            return False
    return True


@lru_cache(maxsize=256)
def _pattern(value: str) -> Pattern[str]:
    plain = value.replace("[", "[[]")  # square brackets mean themselves here
    return compile_pattern(translate(plain))
