"""Brokers, streams and search domains that stand on one zone or two."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.judged import COLUMNS, row
from garrison.rules.advice.lookups import zones
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour
from garrison.rules.reading import Unseen, flag, number, text, texts

MSK, MQ, SEARCH = "AWS::MSK::Cluster", "AWS::AmazonMQ::Broker", "AWS::OpenSearch::Domain"
ENOUGH = 3
MQ_COLUMNS = ("Broker Engine Type", "Deployment Mode", "Last Updated Time")


@check(
    "90046ff5b5", "amazon-msk-cluster-multi-az", Category.FAULT_TOLERANCE, on=MSK,
    also={"AWS::EC2::Subnet": ()},
    name="Amazon MSK Cluster Multi-AZ", chinese_name="Amazon MSK 集群多可用区",
    columns=("Status", "Region", "MSK Cluster ARN", "Number of AZs", "Last Updated Time"),
    fix="Make a cluster over three zones and move to it.",
)  # fmt: skip
def kafka_zones(cluster: Item, inputs: Inputs) -> Advised | None:
    """A provisioned MSK cluster has brokers in three zones.

    Source: AWS Support User Guide, "Amazon MSK Cluster Multi-AZ".
    """
    subnets = texts(cluster, "BrokerNodeGroupInfo", "ClientSubnets")
    if not subnets:
        return None
    count = len(zones(inputs, subnets))
    status = Status.OK if count >= ENOUGH else Status.WARNING
    return advised(cluster, status, colour(status), cluster.region, cluster.arn, str(count), inputs.now.isoformat())


def _broker(broker: Item, inputs: Inputs, engine: str, mode: str) -> Advised | None:
    found, deployed = (text(broker, "EngineType") or "").upper(), text(broker, "DeploymentMode")
    if not found or deployed is None:
        raise Unseen("EngineType, DeploymentMode: not in the configuration")
    if found != engine:
        return None
    status = Status.OK if deployed == mode else Status.WARNING
    return advised(
        broker, status, colour(status), broker.region, broker.resource_id, found, deployed, inputs.now.isoformat()
    )


@check(
    "c1t3k8mqv1", "activemq-availability-zone-redundancy", Category.FAULT_TOLERANCE, on=MQ,
    name="ActiveMQ Availability Zone Redundancy", chinese_name="ActiveMQ 可用区冗余",
    columns=("Status", "Region", "ActiveMQ Broker ID", *MQ_COLUMNS),
    fix="Make a broker with a standby in another zone (ACTIVE_STANDBY_MULTI_AZ) and move to it.",
)  # fmt: skip
def activemq(broker: Item, inputs: Inputs) -> Advised | None:
    """An ActiveMQ broker has a standby in another zone.

    Source: AWS Support User Guide, "ActiveMQ Availability Zone Redundancy".
    """
    return _broker(broker, inputs, "ACTIVEMQ", "ACTIVE_STANDBY_MULTI_AZ")


@check(
    "c1t3k8mqv2", "rabbitmq-availability-zone-redundancy", Category.FAULT_TOLERANCE, on=MQ,
    name="RabbitMQ Availability Zone Redundancy", chinese_name="RabbitMQ 可用区冗余",
    columns=("Status", "Region", "RabbitMQ Broker ID", *MQ_COLUMNS),
    fix="Make a cluster over zones (CLUSTER_MULTI_AZ) and move to it.",
)  # fmt: skip
def rabbitmq(broker: Item, inputs: Inputs) -> Advised | None:
    """A RabbitMQ broker is a cluster over zones.

    Source: AWS Support User Guide, "RabbitMQ Availability Zone Redundancy".
    """
    return _broker(broker, inputs, "RABBITMQ", "CLUSTER_MULTI_AZ")


@check(
    "c18d2gz183", "opensearch-domains-with-less-than-three-data-nodes", Category.FAULT_TOLERANCE, on=SEARCH,
    name="Amazon OpenSearch Service domains with less than three data nodes",
    chinese_name="数据节点少于三个的 Amazon OpenSearch Service 域",
    columns=COLUMNS, fix="Give the domain three data nodes over zones (UpdateDomainConfig).",
)  # fmt: skip
def search_nodes(domain: Item, inputs: Inputs) -> Advised:
    """An OpenSearch domain has three data nodes, over zones.

    Source: AWS Support User Guide, "Amazon OpenSearch Service domains with less than three data nodes".
    """
    count = number(domain, "ClusterConfig", "InstanceCount")
    if count is None:
        raise Unseen("ClusterConfig.InstanceCount: not in the configuration")
    fits = count >= ENOUGH and flag(domain, "ClusterConfig", "ZoneAwarenessEnabled") is True
    return row(domain, inputs, Status.OK if fits else Status.WARNING, "opensearch-data-node-fault-tolerance")
