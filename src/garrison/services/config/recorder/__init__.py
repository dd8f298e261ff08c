"""What records resources and their changes, and what tells of what is recorded."""

from garrison.services.config.recorder import (  # noqa: F401  (each declares its operations)
    channels,
    delivering,
    describing,
    discovered,
    following,
    histories,
    recorders,
    recording,
    retention,
    third_party,
)
