"""AWS Database Migration Service: replication instances, and the endpoints that they read and write."""

from __future__ import annotations

from garrison.collect.declaration import Call, Service, Tie, Type

REPLICATION_INSTANCE = Type(
    "AWS::DMS::ReplicationInstance",
    Call("DescribeReplicationInstances", "ReplicationInstances[]"),
    id="ReplicationInstanceArn",
    arn="ReplicationInstanceArn",
    title="ReplicationInstanceIdentifier",
    created="InstanceCreateTime",
    zone="AvailabilityZone",
    rename={"ReplicationInstanceArn": "Id"},
    ties=(
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "VpcSecurityGroups[].VpcSecurityGroupId"),
    ),
)

ENDPOINT = Type(
    "AWS::DMS::Endpoint",
    Call("DescribeEndpoints", "Endpoints[]"),
    id="EndpointArn",
    arn="EndpointArn",
    title="EndpointIdentifier",
    rename={"EndpointArn": "Id"},
    secrets=(
        "ExtraConnectionAttributes",
        "DocDbSettings.Password",
        "GcpMySQLSettings.Password",
        "IBMDb2Settings.Password",
        "KafkaSettings.SaslPassword",
        "KafkaSettings.SslClientKeyPassword",
        "MicrosoftSQLServerSettings.Password",
        "MongoDbSettings.Password",
        "MySQLSettings.Password",
        "OracleSettings.AsmPassword",
        "OracleSettings.Password",
        "OracleSettings.SecurityDbEncryption",
        "PostgreSQLSettings.Password",
        "RedisSettings.AuthPassword",
        "RedshiftSettings.Password",
        "SybaseSettings.Password",
    ),
)

SERVICE = Service("dms", (REPLICATION_INSTANCE, ENDPOINT))
