"""Commands about a web ACL of the account, by its name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from garrison.cli.rooted import root_of
from garrison.cli.waf.explain import explain
from garrison.errors import ApiError
from garrison.waf.bundle import decode
from tests.cli.waf.test_requests_and_logs import ACL, told

LINE = "curl 'http://shop.example/f?x=../etc'"


def test_a_web_acl_of_the_account_is_exported_and_explained_by_its_name(garrison: Any, capsys: Any) -> None:
    garrison.found()
    acl: dict[str, Any] = json.loads(json.dumps(ACL["WebACL"]))
    del acl["ARN"]
    acl["Rules"][0]["Statement"]["ByteMatchStatement"]["SearchString"] = b"../"
    with root_of(garrison.home) as (_, root):
        summary = root.call("wafv2", "CreateWebACL", Scope="REGIONAL", **acl)["Summary"]
    output = garrison.home.parent / "bundle.json"
    exported = told(garrison.run("waf", "export", "shop", "--output", str(output), "--json"))
    bundle = decode(output.read_bytes())
    assert exported["digest"] == bundle.digest and bundle.web_acl.arn == summary["ARN"]
    explain(LINE, web_acl=summary["ARN"], home=garrison.home, as_json=True)
    assert json.loads(capsys.readouterr().out)["Decision"]["Rule"] == "traversal"
    with pytest.raises(ApiError, match="no such web ACL"):
        explain(LINE, web_acl="nothing", home=garrison.home)
