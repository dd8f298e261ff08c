"""What a template's own `Rules` say of the values of its parameters. Source: User Guide, "Rules"."""

from __future__ import annotations

from garrison.templates.evaluation import decide
from garrison.templates.faults import TemplateInvalid
from garrison.templates.scope import Scope


def check_rules(scope: Scope) -> None:
    """Raises TemplateInvalid that names the rules which the parameters do not keep, with their descriptions."""
    broken: list[str] = []
    for name, rule in scope.template.rules.items():
        if rule.condition is not None and not decide(rule.condition, scope):
            continue
        for one in rule.assertions:
            if not decide(one.condition, scope):
                broken.append(f"{one.description or 'an assertion does not hold'} (rule {name})")
    if broken:
        raise TemplateInvalid(f"Template validation error: Rule assertions failed: {'; '.join(broken)}", ("Rules",))
