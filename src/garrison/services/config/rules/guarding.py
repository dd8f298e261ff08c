"""Try a policy in Guard before it is kept: by the engine, in a process of its own."""

from __future__ import annotations

from garrison.confined import GuardPool, GuardRefused, NotConfined, Stopped
from garrison.services.config.faults import invalid_parameter


def check_policy(text: str) -> None:
    """Raises InvalidParameterValueException for what is no policy in Guard."""
    try:
        with GuardPool() as pool:
            pool.judge(text, {})
    except GuardRefused as refused:
        if refused.is_syntax:
            raise invalid_parameter(f"The PolicyText is not a valid Guard policy: {refused}") from None
    except (Stopped, NotConfined) as failure:
        raise invalid_parameter(f"The PolicyText cannot be used: {failure}") from None
