"""More of an account: containers, streams, APIs, clusters and what looks after security, made by real boto3."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .account import KEYED, SECRET, TAGS

ROLE = "arn:aws:iam::123456789012:role/r"
LOWER_TAGS = [{"key": "team", "value": "red"}]


def fill_platform(client: Callable[[str], Any]) -> None:
    """Make them all."""
    apis(client)
    names(client)
    containers(client)
    stores(client)
    protected(client)
    connected(client)
    overseen(client)
    tunnelled(client)


def apis(client: Callable[[str], Any]) -> None:
    rest = client("apigateway")
    api = rest.create_rest_api(name="api", tags=KEYED)["id"]
    (root,) = rest.get_resources(restApiId=api)["items"]
    method = {"restApiId": api, "resourceId": root["id"], "httpMethod": "GET"}
    rest.put_method(**method, authorizationType="NONE")
    rest.put_integration(**method, type="MOCK")
    deployment = rest.create_deployment(restApiId=api)["id"]
    variables = {"PASSWORD": SECRET}
    rest.create_stage(restApiId=api, stageName="prod", deploymentId=deployment, variables=variables, tags=KEYED)
    http = client("apigatewayv2")
    api = http.create_api(Name="http", ProtocolType="HTTP", Tags=KEYED)["ApiId"]
    http.create_stage(ApiId=api, StageName="live", StageVariables=variables, Tags=KEYED)
    headers = {"Quantity": 1, "Items": [{"HeaderName": "X-Key", "HeaderValue": SECRET}]}
    origin = {
        "Id": "o",
        "DomainName": "example.s3.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        "CustomHeaders": headers,
    }
    distribution = {
        "CallerReference": "x",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all"},
    }
    client("cloudfront").create_distribution_with_tags(
        DistributionConfigWithTags={"DistributionConfig": distribution, "Tags": {"Items": TAGS}}
    )


def names(client: Callable[[str], Any]) -> None:
    route53 = client("route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="z")["HostedZone"]["Id"].rpartition("/")[2]
    route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, AddTags=TAGS)
    check = {"Type": "HTTP", "IPAddress": "192.0.2.1", "Port": 80}
    checked = route53.create_health_check(CallerReference="h", HealthCheckConfig=check)["HealthCheck"]["Id"]
    record = {
        "Name": "www.example.com",
        "Type": "A",
        "TTL": 300,
        "SetIdentifier": "one",
        "Failover": "PRIMARY",
        "HealthCheckId": checked,
        "ResourceRecords": [{"Value": "192.0.2.1"}],
    }
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)


def containers(client: Callable[[str], Any]) -> None:
    subnet = client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    variable = {"name": "PASSWORD", "value": SECRET}
    ecs = client("ecs")
    ecs.create_cluster(clusterName="c", tags=LOWER_TAGS)
    container = {"name": "x", "image": "i", "memory": 10, "environment": [variable]}
    ecs.register_task_definition(family="td", taskRoleArn=ROLE, containerDefinitions=[container])
    ecs.create_service(cluster="c", serviceName="s", taskDefinition="td", desiredCount=1, tags=LOWER_TAGS)
    client("eks").create_cluster(
        name="k",
        roleArn=ROLE,
        resourcesVpcConfig={"subnetIds": [subnet]},
        logging={"clusterLogging": [{"types": ["api"], "enabled": True}, {"types": ["audit"], "enabled": False}]},
        tags=KEYED,
    )
    client("ecr").create_repository(repositoryName="rep", tags=TAGS)
    client("codebuild").create_project(
        name="proj",
        source={"type": "S3", "location": "ours/source.zip"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "i",
            "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": [variable],
        },
        serviceRole=ROLE,
        tags=LOWER_TAGS,
    )
    step = {"StartAt": "a", "States": {"a": {"Type": "Pass", "End": True}}}
    client("stepfunctions").create_state_machine(name="m", definition=json.dumps(step), roleArn=ROLE, tags=LOWER_TAGS)


def stores(client: Callable[[str], Any]) -> None:
    subnet = client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    files = client("efs").create_file_system(
        CreationToken="x", Tags=[*TAGS, {"Key": "Name", "Value": "fs"}], Encrypted=True
    )["FileSystemId"]
    client("efs").create_mount_target(FileSystemId=files, SubnetId=subnet)
    client("elasticache").create_cache_cluster(
        CacheClusterId="cc", Engine="redis", NumCacheNodes=1, CacheNodeType="cache.t3.micro"
    )
    client("elasticache").create_replication_group(ReplicationGroupId="rg", ReplicationGroupDescription="d")
    client("opensearch").create_domain(DomainName="dom", TagList=TAGS)
    client("redshift").create_cluster(
        ClusterIdentifier="rs", NodeType="ra3.xlplus", MasterUsername="u", MasterUserPassword=SECRET + "X", Tags=TAGS
    )
    client("kinesis").create_stream(StreamName="str", ShardCount=1)
    client("dms").create_replication_instance(
        ReplicationInstanceIdentifier="ri", ReplicationInstanceClass="dms.t3.micro"
    )
    client("dms").create_endpoint(EndpointIdentifier="end", EndpointType="source", EngineName="mysql", SslMode="none")
    client("athena").create_work_group(Name="wg", Configuration={"ResultConfiguration": {"OutputLocation": "s3://b/"}})
    client("appsync").create_graphql_api(name="graph", authenticationType="API_KEY", tags=KEYED)
    client("acm-pca").create_certificate_authority(
        CertificateAuthorityType="ROOT",
        CertificateAuthorityConfiguration={
            "KeyAlgorithm": "RSA_2048",
            "SigningAlgorithm": "SHA256WITHRSA",
            "Subject": {"CommonName": "ca"},
        },
        Tags=TAGS,
    )
    client("codedeploy").create_application(applicationName="app", computePlatform="Lambda")
    client("codedeploy").create_deployment_group(
        applicationName="app", deploymentGroupName="dg", serviceRoleArn="arn:aws:iam::123456789012:role/r"
    )
    client("rds").create_db_security_group(DBSecurityGroupName="dbg", DBSecurityGroupDescription="d")
    client("emr").run_job_flow(
        Name="emr",
        Instances={
            "MasterInstanceType": "m5.xlarge",
            "SlaveInstanceType": "m5.xlarge",
            "InstanceCount": 1,
            "KeepJobFlowAliveWhenNoSteps": True,
        },
        JobFlowRole="r",
        ServiceRole="r",
        Tags=TAGS,
    )
    client("sagemaker").create_notebook_instance(
        NotebookInstanceName="nb", InstanceType="ml.t3.medium", RoleArn=ROLE, Tags=TAGS
    )


def protected(client: Callable[[str], Any]) -> None:
    client("secretsmanager").create_secret(Name="sec", SecretString=SECRET, Tags=TAGS)
    document = {"schemaVersion": "2.2", "description": "d", "parameters": {}, "mainSteps": []}
    client("ssm").create_document(
        Name="doc", DocumentType="Command", DocumentFormat="JSON", Content=json.dumps(document)
    )
    client("guardduty").create_detector(Enable=True, Tags=KEYED)
    client("securityhub").enable_security_hub()
    client("wafv2").create_web_acl(
        Name="acl",
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        VisibilityConfig={"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"},
        Tags=TAGS,
    )
    client("backup").create_backup_vault(BackupVaultName="vault", BackupVaultTags=KEYED)
    rule = {"RuleName": "r", "TargetBackupVaultName": "vault"}
    client("backup").create_backup_plan(BackupPlan={"BackupPlanName": "plan", "Rules": [rule]}, BackupPlanTags=KEYED)
    template = {"Parameters": {"P": {"Type": "String"}}, "Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}
    client("cloudformation").create_stack(
        StackName="st",
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": "P", "ParameterValue": SECRET}],
        Tags=TAGS,
    )
    client("config").put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": ROLE})


def connected(client: Callable[[str], Any]) -> None:
    client("mq").create_broker(
        AutoMinorVersionUpgrade=False,
        BrokerName="broker",
        DeploymentMode="SINGLE_INSTANCE",
        EngineType="ActiveMQ",
        EngineVersion="5.18",
        HostInstanceType="mq.t3.micro",
        PubliclyAccessible=False,
        Users=[{"Username": "admin", "Password": SECRET + "X"}],
        Logs={"Audit": True},
        Tags=KEYED,
    )
    client("transfer").create_server(Protocols=["SFTP"], Tags=TAGS)
    client("dax").create_cluster(
        ClusterName="dax",
        NodeType="dax.t3.small",
        ReplicationFactor=1,
        IamRoleArn=ROLE,
        SSESpecification={"Enabled": True},
        Tags=TAGS,
    )
    subnet = client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    client("fsx").create_file_system(FileSystemType="LUSTRE", StorageCapacity=1200, SubnetIds=[subnet], Tags=TAGS)
    client("ec2").create_transit_gateway(
        Options={"AutoAcceptSharedAttachments": "enable"},
        TagSpecifications=[{"ResourceType": "transit-gateway", "Tags": TAGS}],
    )


def overseen(client: Callable[[str], Any]) -> None:
    client("servicecatalog").create_portfolio(
        DisplayName="portfolio", ProviderName="us", Tags=TAGS, IdempotencyToken="once"
    )
    client("organizations").create_organization()
    client("account").put_alternate_contact(
        AlternateContactType="SECURITY", EmailAddress="a@example.org", Name="n", PhoneNumber=SECRET, Title="t"
    )
    client("emr").put_block_public_access_configuration(
        BlockPublicAccessConfiguration={"BlockPublicSecurityGroupRules": True}
    )
    client("wafv2").create_ip_set(
        Name="addresses", Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=["192.0.2.0/24"], Tags=TAGS
    )
    client("wafv2").create_regex_pattern_set(
        Name="patterns", Scope="REGIONAL", RegularExpressionList=[{"RegexString": "^/a"}], Tags=TAGS
    )
    client("wafv2").create_rule_group(
        Name="group",
        Scope="REGIONAL",
        Capacity=10,
        VisibilityConfig={"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"},
        Tags=TAGS,
    )


def tunnelled(client: Callable[[str], Any]) -> None:
    ec2 = client("ec2")
    gateway = ec2.create_customer_gateway(Type="ipsec.1", PublicIp="192.0.2.2", BgpAsn=65000)["CustomerGateway"]
    other = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2.create_vpn_connection(
        Type="ipsec.1",
        CustomerGatewayId=gateway["CustomerGatewayId"],
        VpnGatewayId=other,
        TagSpecifications=[{"ResourceType": "vpn-connection", "Tags": TAGS}],
    )
