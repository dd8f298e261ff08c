"""Reports of findings and exports of SBOMs into buckets: asked for by one call, made in the background, asked after by another."""

from __future__ import annotations

from garrison.services.inspector2.external import findings_reports, making, sbom_exports  # noqa: F401  (each declares its operations)
