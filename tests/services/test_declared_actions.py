"""What operations declare: every action they need is one that AWS (or Garrison) has, and nothing is left undeclared."""

from __future__ import annotations

import botocore.session
import pytest

from garrison import services
from garrison.models import MODELS
from garrison.policy.actions import action, is_known_action
from garrison.services.registry import Operation

OWN_SERVICE = "garrison"
NEED_NOTHING = {("sts", "GetCallerIdentity"), ("sts", "GetSessionToken")}
"""Operations that every verified caller may use (STS API reference: no permissions are required)."""


def declared() -> list[tuple[str, Operation]]:
    """Every operation of every registered service."""
    return [(name, operation) for name in services.REGISTERED for operation in services.load(name).operations.values()]


def names(found: list[tuple[str, Operation]]) -> list[str]:
    return [f"{service}:{operation.name}" for service, operation in found]


EVERY = declared()


@pytest.mark.parametrize(("service", "operation"), EVERY, ids=names(EVERY))
def test_every_needed_action_exists(service: str, operation: Operation) -> None:
    for name in operation.needs:
        if name.startswith(f"{OWN_SERVICE}:"):
            continue
        assert is_known_action(name), f"{service} {operation.name} needs {name}, which AWS does not have"
        facts = action(name)
        assert facts is not None
        assert facts.name == name, "actions are declared as AWS writes them"


@pytest.mark.parametrize(("service", "operation"), EVERY, ids=names(EVERY))
def test_every_operation_declares_what_it_needs(service: str, operation: Operation) -> None:
    assert f"{service}:undeclared" not in operation.needs
    anyone_may = operation.needs_nothing and not operation.allows_anonymous
    assert not anyone_may or (service, operation.name) in NEED_NOTHING


@pytest.mark.parametrize("service", [name for name in services.REGISTERED if name != OWN_SERVICE])
def test_every_operation_is_one_of_the_services_model(service: str) -> None:
    session = botocore.session.Session()
    session.get_component("data_loader").search_paths.append(str(MODELS))
    name, _, version = service.partition("-2015-")
    model = session.get_service_model(name, f"2015-{version}" if version else None)
    assert set(services.load(service).operations) <= set(model.operation_names)


def test_operations_whose_action_only_reads_open_no_transaction() -> None:
    writing = {
        f"{service}:{operation.name}"
        for service, operation in EVERY
        if (facts := action(f"{service}:{operation.name}")) is not None
        and facts.access_level in ("Read", "List")
        and not operation.is_read_only
    }
    assert all(name.partition(":")[2].startswith(("Generate", "Deliver", "Detect")) for name in writing), writing
