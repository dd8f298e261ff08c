"""Trusted Advisor, made to look at the account as it is by now."""

from __future__ import annotations

from garrison.cli.demo.stage import Stage

_CATEGORY = "security"


def advice(stage: Stage) -> str:
    """Ask for the security checks anew; the others come round by themselves."""
    checks = stage.call("support", "DescribeTrustedAdvisorChecks", language="en")["checks"]
    asked = [check["id"] for check in checks if check["category"] == _CATEGORY]
    for check_id in asked:
        stage.administrator.refused("support", "RefreshTrustedAdvisorCheck", checkId=check_id)
    return f"{len(asked)} security checks of Trusted Advisor refreshed"
