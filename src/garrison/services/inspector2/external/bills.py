"""Bills of material in the forms that exports may have.

Source: CycloneDX 1.4 JSON reference; SPDX 2.3.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from garrison import __version__
from garrison.scan.inventory.facts import Inventory
from garrison.scan.sbom import cyclonedx, spdx


def bill_of(inventory: Inventory, form: str, at: datetime) -> dict[str, Any]:
    """An inventory as `CYCLONEDX_1_4` or `SPDX_2_3`."""
    return spdx(inventory, at=at) if form == "SPDX_2_3" else cyclonedx_1_4(inventory, at)


def cyclonedx_1_4(inventory: Inventory, at: datetime) -> dict[str, Any]:
    """As 1.5, but for what that has brought: tools as components, and evidence of identity."""
    made = cyclonedx(inventory, version="1.5", at=at)
    metadata = made["metadata"] | {"tools": [{"vendor": "Garrison", "name": "garrison", "version": __version__}]}
    components = [
        {name: value for name, value in component.items() if name != "evidence"} for component in made["components"]
    ]
    return made | {
        "$schema": "http://cyclonedx.org/schema/bom-1.4.schema.json",
        "specVersion": "1.4",
        "metadata": metadata,
        "components": components,
    }
