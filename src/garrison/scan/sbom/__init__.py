"""Inventories as bills of material: CycloneDX and SPDX, written and read. Pure: values in, values out.

codec.encode(cyclonedx(inventory, at=clock.now()))
codec.encode(spdx(inventory, at=clock.now()))
read(document).packages
"""

from garrison.scan.sbom.cyclonedx import cyclonedx
from garrison.scan.sbom.reading import NotABill, read
from garrison.scan.sbom.spdx import spdx

__all__ = ["NotABill", "cyclonedx", "read", "spdx"]
