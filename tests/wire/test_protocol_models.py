"""Models are found, read and shared without botocore itself."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from garrison.wire import HttpRequest, Service, UnknownModel, add_model_folder, load_service
from garrison.wire.model import read_metadata, read_model
from garrison.wire.service import protocols_of


def test_a_service_carries_what_the_pipeline_asks_of_it() -> None:
    service = load_service("cloudwatch")
    assert (service.name, service.service_id, service.signing_name) == ("cloudwatch", "CloudWatch", "monitoring")
    assert service.event_source == "monitoring.amazonaws.com"
    assert service.protocols == ("smithy-rpc-v2-cbor", "json", "query")
    assert service.speaking("query").speaking("smithy-rpc-v2-cbor") is service
    assert service.speaking("query").error_style.validation_code == "ValidationError"
    assert load_service("config").target_prefix == "StarlingDoveService"
    assert load_service("sesv2").event_source == "ses.amazonaws.com"


def test_a_service_and_its_operations_are_read_once() -> None:
    assert load_service("iam") is load_service("iam")
    assert load_service("iam").operation("ListUsers") is load_service("iam").operation("ListUsers")


def test_the_newest_version_is_taken_unless_one_is_named() -> None:
    assert load_service("ec2").api_version == "2016-11-15"
    assert load_service("ec2", "2015-10-01").api_version == "2015-10-01"


def test_the_head_of_a_model_tells_as_much_as_the_whole() -> None:
    for name in ("iam", "s3", "ec2", "lambda", "cloudwatch", "wafv2"):
        assert read_metadata(name) == read_model(name)["metadata"]
        assert protocols_of(read_metadata(name)) == load_service(name).protocols


@pytest.mark.parametrize("name", ["nowhere", "../iam", "", "iam/2010-05-08", "IAM", "i" * 100])
def test_what_is_no_model_is_refused(name: str) -> None:
    with pytest.raises(UnknownModel):
        load_service(name)


def test_a_folder_of_further_models_is_looked_at(tmp_path: Path) -> None:
    folder = tmp_path / "fortress" / "2026-01-01"
    folder.mkdir(parents=True)
    metadata = {"protocol": "json", "endpointPrefix": "fortress", "apiVersion": "2026-01-01", "targetPrefix": "F"}
    model = {"metadata": metadata, "operations": {"Ring": {"name": "Ring", "http": {"method": "POST"}}}, "shapes": {}}
    (folder / "service-2.json").write_text(json.dumps(model))
    add_model_folder(tmp_path)
    assert load_service("fortress").operations == ("Ring",)
    assert load_service("iam").name == "iam"


def test_streams_anonymous_operations_and_reads_are_known() -> None:
    s3, sts = load_service("s3"), load_service("sts")
    assert s3.operation("PutObject").is_streaming_input
    assert s3.operation("GetObject").is_streaming_output
    assert not s3.operation("ListObjectsV2").is_streaming_output
    assert sts.operation("AssumeRoleWithSAML").auth_type == "none"
    assert sts.operation("AssumeRole").auth_type is None


def test_a_body_that_comes_in_pieces_is_passed_on() -> None:
    response = load_service("s3").operation("GetObject").serialize({"Body": iter([b"a", b"b"])}, "r")
    assert response.stream is not None
    assert (list(response.stream), response.body) == ([b"a", b"b"], b"")


def test_the_wire_layer_does_not_import_botocore() -> None:
    code = (
        "import sys, garrison.wire as w; w.load_service('iam').operation('ListUsers'); print('botocore' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.parametrize(("name", "protocol"), [("wafv2", "json"), ("cloudformation", "query"), ("ec2", "ec2")])
def test_threads_that_compile_at_the_same_time_lose_no_member(name: str, protocol: str) -> None:
    bodies = {
        "wafv2": (
            "CheckCapacity",
            b'{"Scope":"REGIONAL","Rules":[{"Name":"r","Priority":1,"Statement":{"NotStatement":{"Statement":'
            b'{"AndStatement":{"Statements":[{"GeoMatchStatement":{"CountryCodes":["NO"]}},{"GeoMatchStatement":'
            b'{"CountryCodes":["SE"]}}]}}}},"VisibilityConfig":{"SampledRequestsEnabled":true,'
            b'"CloudWatchMetricsEnabled":true,"MetricName":"m"}}]}',
        ),
        "cloudformation": (
            "CreateStack",
            b"StackName=s&Tags.member.1.Key=a&Tags.member.1.Value=b&Parameters.member.1.ParameterKey=k",
        ),
        "ec2": (
            "RunInstances",
            b"MinCount=1&MaxCount=1&NetworkInterface.1.PrivateIpAddresses.1.Primary=true&Placement.HostId=h",
        ),
    }
    operation, body = bodies[name]
    model = read_model(name)
    expected = Service.from_model(model, name).operation(operation).parse(HttpRequest("POST", "/", body=body))
    for _ in range(5):
        service = Service.from_model(model, name)
        barrier = Barrier(8)

        def parse(service: Service = service, barrier: Barrier = barrier) -> dict[str, object]:
            barrier.wait()
            return service.operation(operation).parse(HttpRequest("POST", "/", body=body))

        with ThreadPoolExecutor(8) as pool:
            results = [future.result() for future in [pool.submit(parse) for _ in range(8)]]
        assert all(result == expected for result in results)
    assert service.protocol == protocol
