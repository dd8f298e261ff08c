"""Label matches: the examples of the developer guide.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-label-match-examples.html
"""

from __future__ import annotations

import pytest

from garrison.waf.evaluation import Evaluation
from garrison.waf.request import Request
from garrison.waf.statements.labels import Labelled

LOCAL = "awswaf:111122223333:webacl:testWebACL:"
MANAGED = "awswaf:managed:aws:managed-rule-set:"
GROUP = "awswaf:111122223333:rulegroup:testRules:"


@pytest.mark.parametrize(
    ("scope", "key", "label", "expected"),
    [
        ("LABEL", "header:encoding:utf8", LOCAL + "header:encoding:utf8", True),
        ("LABEL", "header:encoding:utf8", LOCAL + "testNS1:testNS2:header:encoding:utf8", True),
        ("LABEL", "header:encoding:utf8", LOCAL + "header:encoding2:utf8", False),
        ("LABEL", "utf8", LOCAL + "header:encoding:utf8", True),
        ("LABEL", "tf8", LOCAL + "header:encoding:utf8", False),
        ("LABEL", "UTF8", LOCAL + "header:encoding:utf8", False),
        ("LABEL", "header", LOCAL + "header:encoding:utf8", False),
        (
            "LABEL",
            "header:encoding:utf8",
            "awswaf:111122223333:rulegroup:productionRules:header:encoding:utf8",
            False,
        ),
        ("LABEL", GROUP + "header:encoding:utf8", GROUP + "header:encoding:utf8", True),
        ("LABEL", GROUP + "header:encoding:utf8", GROUP + "NS:header:encoding:utf8", False),
        ("LABEL", MANAGED + "header:encoding:utf8", MANAGED + "header:encoding:utf8", True),
        ("NAMESPACE", "header:encoding:", LOCAL + "header:encoding:utf8", True),
        ("NAMESPACE", "header:encoding", LOCAL + "header:encoding:utf8", True),
        ("NAMESPACE", "encoding:", LOCAL + "header:encoding:utf8", True),
        ("NAMESPACE", "utf8", LOCAL + "header:encoding:utf8", False),
        ("NAMESPACE", "head", LOCAL + "header:encoding:utf8", False),
        ("NAMESPACE", "header:utf8", LOCAL + "header:encoding:utf8", False),
        ("NAMESPACE", "header:encoding:", "awswaf:444455556666:webacl:testWebACL:header:encoding:utf8", False),
        ("NAMESPACE", "header:encoding:", MANAGED + "header:encoding:utf8", False),
        ("NAMESPACE", MANAGED + "header:", MANAGED + "header:encoding:utf8", True),
        ("NAMESPACE", MANAGED + "header:", MANAGED + "header:encoding:unicode", True),
        ("NAMESPACE", MANAGED + "header:", MANAGED + "query:badstring", False),
        ("NAMESPACE", "awswaf:managed:aws:", MANAGED + "query:badstring", True),
        ("NAMESPACE", "awswaf:managed:aws:managed-rule", MANAGED + "query:badstring", False),
    ],
)
def test_keys_name_labels_of_the_same_context_or_in_full(scope: str, key: str, label: str, expected: bool) -> None:
    evaluation = Evaluation(Request(b"GET", b"/"), 0.0, 0, 0, [])
    evaluation.labels[label] = None
    assert Labelled(key, scope, LOCAL).matches(evaluation) is expected
