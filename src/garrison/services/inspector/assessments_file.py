"""The file of assessments as operations and background work reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.services.inspector.storage import Assessments, open_assessments

if TYPE_CHECKING:
    from garrison.services.call import Parts


def assessments_of(parts: Parts) -> Assessments:
    """The assessments of the home."""
    return open_assessments(parts.settings.home_path, sync=not parts.settings.ephemeral)
