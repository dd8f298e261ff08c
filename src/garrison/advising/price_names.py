"""What the products of AWS's price lists are called in the price table.

Source: AWS Price List User Guide, "Reading the price list files"; the attributes are those of the offers AmazonEC2, AmazonVPC, AWSELB,
AmazonRDS, AmazonRedshift, AWSLambda, AmazonDynamoDB and AWSNetworkFirewall.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

MIB_A_GIB = 1024


class Named(NamedTuple):
    """A product's place in the price table."""

    kind: str
    name: str
    divided_by: int = 1
    """How many of the table's units the offer's unit is."""


_USAGE = {
    "ElasticIP:IdleAddress": Named("address-hour", "idle"),
    "PublicIPv4:IdleAddress": Named("address-hour", "idle"),
    "NatGateway-Hours": Named("nat-gateway-hour", "standard"),
    "VpcEndpoint-Hours": Named("endpoint-hour", "interface"),
    "VpcEndpoint-GWLBE-Hours": Named("endpoint-hour", "gateway-load-balancer"),
    "EBS:SnapshotUsage": Named("snapshot-gb-month", "standard"),
    "EBS:VolumeP-IOPS.piops": Named("volume-iops-month", "io1"),
    "EBS:VolumeP-IOPS.io2": Named("volume-iops-month", "io2"),
    "EBS:VolumeP-IOPS.gp3": Named("volume-iops-month", "gp3"),
    "EBS:VolumeP-Throughput.gp3": Named("volume-mibps-month", "gp3", MIB_A_GIB),
    "Endpoint-Hour": Named("firewall-endpoint-hour", "standard"),
    "ReadCapacityUnit-Hrs": Named("dynamodb-unit-hour", "read"),
    "WriteCapacityUnit-Hrs": Named("dynamodb-unit-hour", "write"),
}
"""By usage type, without the region before it."""
_BALANCERS = {
    "Load Balancer": "classic",
    "Load Balancer-Application": "application",
    "Load Balancer-Network": "network",
    "Load Balancer-Gateway": "gateway",
}
_LAMBDA = {
    "AWS-Lambda-Duration": Named("lambda-gb-second", "x86_64"),
    "AWS-Lambda-Duration-ARM": Named("lambda-gb-second", "arm64"),
    "AWS-Lambda-Requests": Named("lambda-request", "all"),
}
_DATABASES = {
    "MySQL": "mysql",
    "MariaDB": "mariadb",
    "PostgreSQL": "postgres",
    "Aurora MySQL": "aurora-mysql",
    "Aurora PostgreSQL": "aurora-postgresql",
}
"""Engines without licenses, as the offer and as RDS call them."""
_DEPLOYMENTS = {"Single-AZ": "single", "Multi-AZ": "multi"}
_DATABASE_VOLUMES = {
    "General Purpose": "gp2",
    "General Purpose-GP3": "gp3",
    "Provisioned IOPS": "io1",
    "Magnetic": "standard",
}


def named(family: str, attributes: Mapping[str, str]) -> Named | None:
    """The place of a product in the price table; None where nothing reads its price."""
    offer = attributes.get("servicecode", "")
    if family in ("Compute Instance", "Compute Instance (bare metal)"):
        return _node(attributes) if offer == "AmazonRedshift" else _instance(attributes)
    if family == "Storage" and attributes.get("volumeApiName"):
        return Named("volume-gb-month", attributes["volumeApiName"])
    if family == "Database Instance":
        return _database(attributes)
    if family == "Database Storage":
        return _database_volume(attributes)
    if family == "Serverless" and attributes.get("group") in _LAMBDA:
        return _LAMBDA[attributes["group"]]
    usage = usage_of(attributes)
    if family in _BALANCERS and usage == "LoadBalancerUsage":
        return Named("balancer-hour", _BALANCERS[family])
    if usage == "Endpoint-Hour" and offer != "AWSNetworkFirewall":
        return None
    return _USAGE.get(usage)


def usage_of(attributes: Mapping[str, str]) -> str:
    """The usage type without the region that stands before it outside of us-east-1: `EUW1-EBS:SnapshotUsage`."""
    return _REGION.sub("", attributes.get("usagetype", ""))


_REGION = re.compile(r"^[A-Z]{2,5}[0-9]{0,2}-")
"""`EU-`, `EUC1-`, `USW2-`, `APS10-`."""


def _instance(attributes: Mapping[str, str]) -> Named | None:
    """An instance on shared hardware without licensed software."""
    system = attributes.get("operatingSystem", "")
    plain = (
        attributes.get("tenancy") == "Shared"
        and attributes.get("preInstalledSw") == "NA"
        and attributes.get("capacitystatus") == "Used"
        and attributes.get("licenseModel", "No License required") == "No License required"
        and system in ("Linux", "Windows")
    )
    return Named("instance-hour", f"{attributes.get('instanceType')}/{system.lower()}") if plain else None


def _node(attributes: Mapping[str, str]) -> Named | None:
    kind = attributes.get("instanceType")
    return Named("redshift-node-hour", kind) if kind and usage_of(attributes).startswith("Node:") else None


def _database(attributes: Mapping[str, str]) -> Named | None:
    engine = _DATABASES.get(attributes.get("databaseEngine", ""))
    deployment = _DEPLOYMENTS.get(attributes.get("deploymentOption", ""))
    if engine is None or deployment is None or "IOOptimized" in attributes.get("usagetype", ""):
        return None
    return Named("db-instance-hour", f"{attributes.get('instanceType')}/{engine}/{deployment}")


def _database_volume(attributes: Mapping[str, str]) -> Named | None:
    volume = _DATABASE_VOLUMES.get(attributes.get("volumeType", ""))
    is_single = attributes.get("deploymentOption") == "Single-AZ"
    is_any = attributes.get("databaseEngine") in ("Any", "MySQL", "PostgreSQL")
    return Named("db-gb-month", volume) if volume and is_single and is_any else None
