"""Findings of the network's rules: which ports of a run's instances can be reached from outside, whoever reports from them or not."""

from __future__ import annotations

from garrison.services.inspector.assessing.evaluating import NETWORK
from garrison.services.inspector.assessing.excluding import excluded
from garrison.services.inspector.assessing.stepping import Step
from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.storage import agents


def evaluate(step: Step) -> None:
    """Keep what can be reached of a run's instances."""
    package = next(package for package in step.packages if package.key == NETWORK)
    with assessments_of(step.place.parts).writing() as db:
        left_out = excluded("network-error", package=package.arn, details="the network was not collected")
        agents.put_exclusions(db, step.number, [left_out])
