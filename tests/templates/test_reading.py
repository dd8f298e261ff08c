"""Reading templates: both forms, every short form, limits, and whatever is no template."""

import contextlib
import json
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.templates import (
    Scope,
    Side,
    Template,
    TemplateInvalid,
    check_rules,
    compare,
    decide,
    evaluate,
    evaluated_outputs,
    expand,
    graph,
    parameters,
    parse,
    pseudo_parameters,
    summarize,
    validate,
)
from garrison.templates.names import EXTENSIONS, FUNCTIONS, RULE_FUNCTIONS
from garrison.templates.reading import read_text

RESOURCES = "Resources: {T: {Type: AWS::SNS::Topic, Properties: {V: %s}}}"


def value_of(written: str) -> object:
    return parse(RESOURCES % written).resources["T"].properties["V"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("!Ref A", {"Ref": "A"}),
        ("!GetAtt A.B.C", {"Fn::GetAtt": ["A", "B.C"]}),
        ("!GetAtt [A, B]", {"Fn::GetAtt": ["A", "B"]}),
        ("!Sub 'x-${A}'", {"Fn::Sub": "x-${A}"}),
        ("!Sub ['x-${A}', {A: 1}]", {"Fn::Sub": ["x-${A}", {"A": 1}]}),
        ("!Join [',', [a, !Ref B]]", {"Fn::Join": [",", ["a", {"Ref": "B"}]]}),
        ("!Split ['|', a]", {"Fn::Split": ["|", "a"]}),
        ("!Select [0, !GetAZs '']", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}),
        ("!FindInMap [M, a, b]", {"Fn::FindInMap": ["M", "a", "b"]}),
        ("!ImportValue x", {"Fn::ImportValue": "x"}),
        ("!If [C, 1, !Ref AWS::NoValue]", {"Fn::If": ["C", 1, {"Ref": "AWS::NoValue"}]}),
        (
            "!And [!Condition A, !Not [!Equals [a, b]]]",
            {"Fn::And": [{"Condition": "A"}, {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}]},
        ),
        ("!Or [!Condition A, !Condition B]", {"Fn::Or": [{"Condition": "A"}, {"Condition": "B"}]}),
        ("!Base64 a", {"Fn::Base64": "a"}),
        ("!Cidr [a, 6, 8]", {"Fn::Cidr": ["a", 6, 8]}),
        ("!Transform {Name: M}", {"Fn::Transform": {"Name": "M"}}),
        ("!Length [1, 2]", {"Fn::Length": [1, 2]}),
        ("!ToJsonString {a: 1}", {"Fn::ToJsonString": {"a": 1}}),
        ("2012-10-17", "2012-10-17"),
        ("'2012-10-17'", "2012-10-17"),
        ("yes", True),
        ("Off", False),
        ("'true'", "true"),
        ("0123", 83),
        ("012345678901", "012345678901"),
        ("123456789012", 123456789012),
        ("12:30", "12:30"),
        ("1.50", 1.5),
        ("1e3", "1e3"),
        ("9999999999999999999999999", "9999999999999999999999999"),
        (".nan", ".nan"),
        ("{1: a, true: b}", {"1": "a", "true": "b"}),
        ("!!str 12", "12"),
    ],
)
def test_yaml_is_read_as_cloudformation_reads_it(written: str, value: object) -> None:
    assert value_of(written) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "unsupported structure"),
        ("just words", "unsupported structure"),
        ("[1, 2]", "unsupported structure"),
        ("{", "JSON not well-formed. (line 1, column 2)"),
        ('{"Resources": {"A": {"Type": "X"}, "A": {"Type": "Y"}}}', "duplicate key A"),
        ('{"Resources": NaN}', "JSON not well-formed"),
        ("Resources:\n  A: {Type: X}\n  A: {Type: Y}\n", "YAML not well-formed. (line 3, column 3): duplicate key A"),
        ("Resources:\n  A: {\n", "YAML not well-formed. (line 3, column 1)"),
        ("Resources: {A: &a {Type: X}, B: *a}", "YAML aliases are not allowed in CloudFormation templates"),
        ("Resources: {A: {<<: {Type: X}}}", "merge key"),
        ("a: 1\n---\nb: 2\n", "YAML not well-formed"),
        ("? [a]\n: b\n", "YAML not well-formed"),
        ("Resources: {A: {Type: !Rain::Module x}}", "the tag !Rain::Module is not supported"),
        ("Resources: {A: {Type: !!python/object:os.system x}}", "is not supported"),
        ("Resources: {A: {Type: !!binary eA==}}", "is not supported"),
        (
            "Resources:\n  A:\n    Type: X\n    Properties:\n      B:\n",
            "[/Resources/A/Properties/B] 'null' values are not allowed in templates",
        ),
        ("Resources:\nOutputs: {}", "[/Resources] 'null' values are not allowed"),
        ("Outputs: {}", "At least one Resources member must be defined."),
        ("Resources: []", "Resources section must be an object"),
        ("Resource: {}", "Invalid template property or properties [Resource]"),
        (
            "AWSTemplateFormatVersion: 2011-01-01\nResources: {A: {Type: X}}",
            "2011-01-01 is not a supported value for AWSTemplateFormatVersion",
        ),
        ("Resources: {A-B: {Type: X}}", "Resource name A-B is non alphanumeric."),
        ("Resources: {A: {}}", "[/Resources/A] Every Resources object must contain a Type member."),
        ("Resources: {A: {Type: X, DeletionPolicy: Keep}}", "Unrecognized DeletionPolicy Keep for resource A"),
        ("Resources: {A: {Type: X, DependsOn: [1]}}", "DependsOn must be a string or list of strings"),
        ("Parameters: {P: {}}\nResources: {A: {Type: X}}", "Every Parameters object must contain a Type member."),
        ("Parameters: {P: {Type: Text}}\nResources: {A: {Type: X}}", "Unrecognized parameter type: Text"),
        (
            "Parameters: {P: {Type: List<AWS::EC2::KeyPair::KeyName>}}\nResources: {A: {Type: X}}",
            "Unrecognized parameter type",
        ),
        (
            "Parameters: {P: {Type: String, Default: [a]}}\nResources: {A: {Type: X}}",
            "Every Default member must be a string.",
        ),
        (
            "Parameters: {P: {Type: String, Foo: a}}\nResources: {A: {Type: X}}",
            "Invalid template parameter property 'Foo'",
        ),
        (
            "Parameters: {P: {Type: String, AllowedPattern: '('}}\nResources: {A: {Type: X}}",
            "AllowedPattern ( is not a supported",
        ),
        ("Outputs: {O: {}}\nResources: {A: {Type: X}}", "Every Outputs member must contain a Value object"),
        ("Mappings: {M: {a: b}}\nResources: {A: {Type: X}}", "Every Mappings attribute must be a map"),
        ("Transform: {}\nResources: {A: {Type: X}}", "Transform must be a string or a list of strings"),
        ("x: " + "[" * 150 + "]" * 150, "nested more than 100 deep"),
        ('{"x": ' + "[" * 150 + "]" * 150 + "}", "nested more than 100 deep"),
        ('{"x": ' + "[" * 200_000 + "]" * 200_000 + "}", "nested more than 100 deep"),
        ("x: " + "[" * 200_000, "nested more than 100 deep"),
        ("# " + "x" * 1_000_001, "Template may not exceed 1000000 bytes in size."),
        (
            "Resources: {" + ", ".join(f"A{n}: {{Type: X}}" for n in range(501)) + "}",
            "Number of resources, 501, is greater than maximum allowed, 500",
        ),
    ],
)
def test_what_is_no_template_gets_awss_error(text: str, said: str) -> None:
    with pytest.raises(TemplateInvalid) as caught:
        parse(text)
    assert said in caught.value.message


def test_a_billion_laughs_is_refused_at_the_first_alias() -> None:
    lines = ["a: &a [x, x]", *(f"{b}: &{b} [*{a}, *{a}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True))]
    with pytest.raises(TemplateInvalid, match="aliases are not allowed") as caught:
        parse("\n".join(lines))
    assert caught.value.place == (2, 8)


def test_anchors_that_nobody_uses_are_accepted() -> None:
    assert parse("Resources: {A: &a {Type: X}}").resources["A"].type == "X"


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_place_is_found_again_in_both_forms(form: str) -> None:
    if form == "yaml":
        text = "Resources:\n  A:\n    Type: X\n    Properties:\n      B:\n        - one\n        - !Sub [x, {C: d}]\n"
        wanted = {
            ("Resources",): (1, 1),
            ("Resources", "A", "Type"): (3, 5),
            ("Resources", "A", "Properties", "B", 1): (7, 11),
        }
        wanted |= {
            ("Resources", "A", "Properties", "B", 1, "Fn::Sub", 1, "C"): (7, 21),
            ("Resources", "Z", "Q"): (1, 1),
        }
    else:
        text = '{"Resources": {\n "A": {"Type": "X",\n  "Properties": {"B": ["one",\n {"Fn::Sub": "x"}]}}}}'
        wanted = {
            ("Resources",): (1, 2),
            ("Resources", "A", "Type"): (2, 8),
            ("Resources", "A", "Properties", "B", 1): (4, 2),
        }
        wanted |= {("Resources", "A", "Properties", "B", 1, "Fn::Sub"): (4, 3), ("Resources", "Z", "Q"): (1, 2)}
    template = parse(text)
    assert {path: template.place(path) for path in wanted} == wanted
    assert template.place(("Nothing",)) is None


_LEAVES = st.one_of(
    st.text(max_size=8), st.booleans(), st.integers(-(2**40), 2**40), st.floats(allow_nan=False, allow_infinity=False)
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)
_PIECES = st.sampled_from(
    [
        "Resources",
        ":",
        "\n",
        "  ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        "!Ref ",
        "!Sub ",
        "&a ",
        "*a",
        "Type",
        "AWS::SNS::Topic",
        '"',
        "'",
        "|",
        ">",
        "#",
        ",",
        "? ",
        "<<",
        "!!set",
        "\t",
        "Fn::ForEach::X",
        "\x00",
        "é",
        "%TAG",
        "---",
        "...",
    ]
)


@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(_PIECES, max_size=30).map("".join),
        st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")),
    )
)
@settings(max_examples=300, deadline=None)
def test_no_text_brings_anything_but_a_template_or_its_error(text: str) -> None:
    with contextlib.suppress(TemplateInvalid):
        assert isinstance(parse(text), Template)


@given(_VALUES)
@settings(max_examples=100, deadline=None)
def test_what_is_written_as_json_is_read_again_in_both_forms(value: object) -> None:
    text = json.dumps({"k": value})
    assert read_text(text) == ({"k": value}, True)
    assert read_text(f"---\n{json.dumps({'k': _texts(value)}, ensure_ascii=True)}") == ({"k": _texts(value)}, False)


def _texts(value: object) -> object:
    """Without floats, whose exponents are texts in YAML 1.1, and without surrogates and controls, which it has otherwise."""
    if isinstance(value, dict):
        return {_plain(name): _texts(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_texts(one) for one in value]
    return _plain(value) if isinstance(value, str) else 0 if isinstance(value, float) else value


def _plain(text: str) -> str:
    return "".join(one for one in text if one.isprintable() and one < "\ud800") or "x"


_NAMES = st.sampled_from(
    [
        "Ref",
        "Condition",
        *FUNCTIONS,
        *EXTENSIONS,
        *RULE_FUNCTIONS,
        "Fn::ForEach::L",
        "Fn::Foo",
        "A",
        "DefaultValue",
        "T${A}",
    ]
)
_WORDS = st.sampled_from(
    [
        "A",
        "P",
        "L",
        "C",
        "M",
        "k",
        "AWS::NoValue",
        "AWS::Region",
        "${A.Arn}",
        "${P}",
        "${!x}",
        "A.Arn",
        "10.0.0.0/8",
        "",
        "1",
    ]
)
_REFERENCES = st.sampled_from([{"Ref": name} for name in ("A", "P", "L", "AWS::NoValue", "AWS::Region", "Nothing")])
_CALLED = st.sampled_from(["Ref", "Condition", *FUNCTIONS, *EXTENSIONS, *RULE_FUNCTIONS])
_WRITTEN = st.recursive(
    _WORDS | _REFERENCES | st.sampled_from([-1, 0, 1, 300, True, 1.5]),
    lambda inner: (
        st.dictionaries(_CALLED, st.lists(inner, min_size=2, max_size=3) | inner, min_size=1, max_size=1)
        | st.lists(inner, max_size=3)
        | st.dictionaries(_NAMES, inner, max_size=2)
    ),
    max_leaves=6,
)


@given(_WRITTEN, _WRITTEN, st.booleans())
@settings(max_examples=200, deadline=None)
def test_no_value_brings_anything_but_a_value_or_awss_error(written: object, condition: object, extended: bool) -> None:
    body = {
        "Parameters": {"P": {"Type": "String", "Default": "p"}, "L": {"Type": "CommaDelimitedList", "Default": "a,b"}},
        "Mappings": {"M": {"k": {"A": "v"}}},
        "Conditions": {"C": condition if extended and isinstance(condition, dict) else {"Fn::Equals": ["a", "b"]}},
        "Rules": {"R": {"Assertions": [{"Assert": condition}]}},
        "Resources": {"A": {"Type": "X", "Properties": {"V": written}, "Metadata": {"V": written}}},
        "Outputs": {"O": {"Value": written, "Export": {"Name": written}}},
    }
    pseudo = pseudo_parameters("1", "us-east-1", stack_id="i", stack_name="s")
    with contextlib.suppress(TemplateInvalid):
        template = parse(json.dumps(body | ({"Transform": "AWS::LanguageExtensions"} if extended else {})))
        values = parameters(template, {})
        for act in (validate, graph, summarize, lambda one: expand(Scope(one, values, pseudo))):
            with contextlib.suppress(TemplateInvalid):
                act(template)
        scope = Scope(template, values, pseudo)
        acts = (
            lambda: evaluate(written, scope),
            lambda: decide(condition, scope),
            lambda: evaluated_outputs(scope),
            lambda: check_rules(scope),
            lambda: compare(Side(scope), Side(scope), Never()),
        )
        for each in acts:
            with contextlib.suppress(TemplateInvalid):
                each()


class Never:
    """Semantics in which nothing replaces."""

    def recreation(self, resource_type: str, property_name: str) -> Literal["Never"]:
        return "Never"

    def takes_tags(self, resource_type: str) -> bool:
        return False
