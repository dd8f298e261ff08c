"""The one recorder and the one channel of an account in a region, found and refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.config.recorder.resources import ConfigurationRecorder, DeliveryChannel, recorder_arn

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit


def recorder_of(unit: Unit) -> ConfigurationRecorder | None:
    """The recorder of the unit's account and region."""
    return next(iter(unit.page(ConfigurationRecorder)), None)


def channel_of(unit: Unit) -> DeliveryChannel | None:
    """The delivery channel of the unit's account and region."""
    return next(iter(unit.page(DeliveryChannel)), None)


def no_such_recorder(name: str) -> ApiError:
    """A recorder that is not there."""
    return ApiError(
        "NoSuchConfigurationRecorderException",
        f"Cannot find configuration recorder with the specified name '{name}'.",
    )


def no_such_channel(name: str) -> ApiError:
    """A channel that is not there."""
    return ApiError("NoSuchDeliveryChannelException", f"Cannot find delivery channel with specified name '{name}'.")


def find_recorder(unit: Unit, name: str) -> ConfigurationRecorder:
    """The recorder of a name; raises NoSuchConfigurationRecorderException."""
    found = unit.get(ConfigurationRecorder, name)
    if found is None:
        raise no_such_recorder(name)
    return found


def needed_recorder(unit: Unit) -> ConfigurationRecorder:
    """The recorder; raises NoAvailableConfigurationRecorderException."""
    found = recorder_of(unit)
    if found is None:
        raise ApiError("NoAvailableConfigurationRecorderException", "Configuration recorder is not available.")
    return found


def running_recorder(unit: Unit) -> ConfigurationRecorder:
    """The recorder while it records; raises NoRunningConfigurationRecorderException."""
    found = recorder_of(unit)
    if found is None or not found.is_recording:
        raise ApiError("NoRunningConfigurationRecorderException", "There is no configuration recorder running.")
    return found


def on_recorder(call: Call, request: Mapping[str, Any]) -> str:
    """The ARN of the recorder that a request names; of one that is not there, all of them."""
    return _arn(call, [request.get("ConfigurationRecorderName") or ""])


def on_recorders(call: Call, request: Mapping[str, Any]) -> str:
    """The ARN of the recorder that a listing names, else all of them."""
    return request.get("Arn") or _arn(call, request.get("ConfigurationRecorderNames") or ())


def _arn(call: Call, names: Iterable[str]) -> str:
    found = [recorder for name in names if (recorder := call.unit.get(ConfigurationRecorder, name)) is not None]
    return found[0].arn if len(found) == 1 else recorder_arn(call.region, call.account, "*")
