"""CloudFormation's refusals, in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.errors import ApiError

if TYPE_CHECKING:
    from garrison.services.cloudformation.resources import Stack


def invalid(message: str) -> ApiError:
    """Something that cannot be done as asked."""
    return ApiError("ValidationError", message, status=400)


def no_such_stack(name: str) -> ApiError:
    """A stack that is not there, to operations that describe stacks."""
    return invalid(f"Stack with id {name} does not exist")


def stack_missing(name: str) -> ApiError:
    """A stack that is not there, to operations that change or read one."""
    return invalid(f"Stack [{name}] does not exist")


def wrong_state(stack: Stack) -> ApiError:
    """A stack that cannot be changed as it stands."""
    return invalid(f"Stack:{stack.arn} is in {stack.status} state and can not be updated.")


def already_exists(name: str) -> ApiError:
    """A name that another stack has."""
    return ApiError("AlreadyExistsException", f"Stack [{name}] already exists")


def no_such_change_set(name: str) -> ApiError:
    """A change set that is not there."""
    return ApiError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", status=404)


def lacks_capabilities(names: list[str]) -> ApiError:
    """A template whose IAM resources or transforms were not acknowledged."""
    return ApiError("InsufficientCapabilitiesException", f"Requires capabilities : [{', '.join(names)}]", status=400)
