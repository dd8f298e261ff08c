"""What is known of a vulnerability, whoever has it: SearchVulnerabilities.

Source: Inspector API reference, "SearchVulnerabilities", "Vulnerability".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.services.inspector2.scanning.assessing import database_of
from garrison.services.inspector2.scanning.packages import cisa, seconds_of
from garrison.services.inspector2.service import service

if TYPE_CHECKING:
    from types_boto3_inspector2 import type_defs as shapes

    from garrison.scan.vulnerabilities.vulnerability import Vulnerability
    from garrison.services.call import Call

_SOURCE = "NVD"
"""The only VulnerabilitySource that the API has; `sourceUrl` tells where it is from."""
_MOST_RELATED, _MOST_URLS = 100, 100


@service.operation("SearchVulnerabilities", needs={"inspector2:SearchVulnerabilities": "*"}, long=True)
def search_vulnerabilities(call: Call, request: shapes.SearchVulnerabilitiesRequestTypeDef) -> dict[str, Any]:
    """What the local database knows of a CVE; nothing where it does not know it."""
    database = database_of(call.parts.settings.home_path)
    found = [database.describe(one) for one in request["filterCriteria"]["vulnerabilityIds"]]
    return {"vulnerabilities": [_shown(one) for one in found if one is not None]}


def _shown(one: Vulnerability) -> dict[str, Any]:
    members = {
        "id": one.id,
        "source": _SOURCE,
        "description": one.description or one.title or None,
        "cwes": list(one.weaknesses) or None,
        "cisaData": cisa(one),
        "vendorSeverity": one.severity,
        "relatedVulnerabilities": list(one.aliases[:_MOST_RELATED]) or None,
        "vendorCreatedAt": seconds_of(one.published),
        "vendorUpdatedAt": seconds_of(one.modified),
        "sourceUrl": one.source_url or None,
        "referenceUrls": list(one.urls[:_MOST_URLS]) or None,
        "epss": None if one.epss is None else {"score": one.epss},
    }
    for score in one.scores:
        name = f"cvss{score.version[:1]}"
        members.setdefault(name, {"baseScore": score.base, "scoringVector": score.vector})
    return {name: value for name, value in members.items() if value is not None}
