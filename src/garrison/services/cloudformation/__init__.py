"""CloudFormation: stacks whose resources are made, changed and deleted together, as a template says."""

from __future__ import annotations

from garrison.services.cloudformation import (  # noqa: F401  (each declares its operations or its task)
    change_sets,
    continuing,
    describing,
    drift,
    exports,
    forgetting,
    policies,
    stacks,
    templates,
)
from garrison.services.cloudformation.engine import worker  # noqa: F401
from garrison.services.cloudformation.service import service

__all__ = ["service"]
