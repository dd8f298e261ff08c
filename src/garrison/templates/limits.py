"""What a template may hold. Source: AWS CloudFormation User Guide, "Understand CloudFormation quotas"."""

from __future__ import annotations

MAX_INLINE_BYTES = 51_200
"""Of a template that a request carries."""
MAX_BYTES = 1_000_000
"""Of a template from a bucket."""
MAX_DEPTH = 100
"""Our own: of maps and lists in one another; published templates stay below 30."""
MAX_VALUES = 400_000
"""Our own: of all maps, lists and scalars of a template, also after its loops are unrolled."""
MAX_PARAMETERS = 200
MAX_MAPPINGS = 200
MAX_MAPPING_ATTRIBUTES = 200
MAX_RESOURCES = 500
MAX_OUTPUTS = 200
MAX_DESCRIPTION_BYTES = 1_024
MAX_NAME = 255
"""Of logical names, in characters."""
MAX_PARAMETER_VALUE_BYTES = 4_096
MAX_MADE_CHARACTERS = 500_000
"""Our own: of all texts that the functions in one value (a resource's properties) make, so that a parameter used over and over stays small."""
