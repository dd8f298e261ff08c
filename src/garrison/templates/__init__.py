"""CloudFormation templates as a library: read, validate, unroll, work out, put in order, compare. Values in, values out.

    template = parse(text)                                    # JSON or YAML; TemplateInvalid(message, path, place) when refused
    validate(template, types)                                 # as ValidateTemplate and CreateStack do
    values = parameters(template, given, previous)            # texts by name, checked; `masked(template, values)` is for people
    template = expand(Scope(template, values, pseudo))        # loops of AWS::LanguageExtensions unrolled; the same where there are none
    scope = Scope(template, values, pseudo, ref=…, attribute=…, imported=…, zones=…)
    check_rules(scope)
    names = present(scope)                                    # resources whose conditions hold
    for name in graph(template, names).order:
        properties = evaluate(template.resources[name].properties, scope)

    for change in compare(Side(before, tags), Side(scope, tags), semantics): …   # a change set
    may_update(read_stack_policy(text), "Topic", "AWS::SNS::Topic", "Update:Replace")

Whatever is not yet known is `Unknown`; `shown(value)` writes it as a change set does.
"""

from __future__ import annotations

from garrison.templates.changes import Change, Detail, Semantics, Side, Target, collapsed, compare, value_text
from garrison.templates.evaluation import decide, evaluate
from garrison.templates.faults import Path, TemplateInvalid
from garrison.templates.limits import MAX_BYTES, MAX_INLINE_BYTES
from garrison.templates.loops import expand
from garrison.templates.model import Output, Parameter, Resource, Rule, Template
from garrison.templates.order import Graph, graph
from garrison.templates.parameters import MASK, masked, parameters
from garrison.templates.presence import Evaluated, EvaluatedOutput, evaluated_outputs, evaluated_resource, present
from garrison.templates.reading import read_text
from garrison.templates.rules import check_rules
from garrison.templates.scope import Scope, pseudo_parameters, split_list
from garrison.templates.stack_policy import may_update, read_stack_policy
from garrison.templates.structure import build
from garrison.templates.summary import Summary, needed_capabilities, summarize
from garrison.templates.unknown import KNOWN_AFTER_APPLY, Absent, Unknown, shown, unknown_in
from garrison.templates.validation import Types, check_types, validate

__all__ = [
    "KNOWN_AFTER_APPLY",
    "MASK",
    "MAX_BYTES",
    "MAX_INLINE_BYTES",
    "Absent",
    "Change",
    "Detail",
    "Evaluated",
    "EvaluatedOutput",
    "Graph",
    "Output",
    "Parameter",
    "Path",
    "Resource",
    "Rule",
    "Scope",
    "Semantics",
    "Side",
    "Summary",
    "Target",
    "Template",
    "TemplateInvalid",
    "Types",
    "Unknown",
    "check_rules",
    "check_types",
    "collapsed",
    "compare",
    "decide",
    "evaluate",
    "evaluated_outputs",
    "evaluated_resource",
    "expand",
    "graph",
    "masked",
    "may_update",
    "needed_capabilities",
    "parameters",
    "parse",
    "present",
    "pseudo_parameters",
    "read_stack_policy",
    "shown",
    "split_list",
    "summarize",
    "unknown_in",
    "validate",
    "value_text",
]


def parse(text: str) -> Template:
    """A template from its text; raises TemplateInvalid with AWS's template format errors and the place."""
    body, is_json = read_text(text)
    return build(body, text, is_json)
