"""What is collected of a network is what reachability reads: through moto, real boto3 and the collectors."""

from __future__ import annotations

from garrison.scan.reachability import reach

from .conftest import StandIn


def test_a_collected_network_is_reachable_as_it_was_made(stand_in: StandIn) -> None:
    ec2, elb = stand_in.client("ec2"), stand_in.client("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]["SubnetId"]
        for number, zone in ((1, "a"), (2, "b"))
    ]  # fmt: skip
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    for subnet in subnets:
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    front = ec2.create_security_group(GroupName="front", Description="d", VpcId=vpc)["GroupId"]
    back = ec2.create_security_group(GroupName="back", Description="d", VpcId=vpc)["GroupId"]
    anywhere = [{"CidrIp": "0.0.0.0/0"}]
    for group, port, source in (
        (front, 80, {"IpRanges": anywhere}),
        (back, 22, {"IpRanges": anywhere}),
        (back, 8080, {"UserIdGroupPairs": [{"GroupId": front}]}),
    ):
        permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    network = [{"DeviceIndex": 0, "SubnetId": subnets[0], "Groups": [back], "AssociatePublicIpAddress": True}]
    made = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, NetworkInterfaces=network)
    instance = made["Instances"][0]["InstanceId"]
    balancer = elb.create_load_balancer(Name="lb", Subnets=subnets, SecurityGroups=[front], Scheme="internet-facing")
    arn = balancer["LoadBalancers"][0]["LoadBalancerArn"]
    target = elb.create_target_group(Name="tg", Protocol="HTTP", Port=8080, VpcId=vpc)["TargetGroups"][0][
        "TargetGroupArn"
    ]
    elb.register_targets(TargetGroupArn=target, Targets=[{"Id": instance, "Port": 8080}])
    forward = [{"Type": "forward", "TargetGroupArn": target}]
    listener = elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}])  # fmt: skip
    paths = [{"Field": "path-pattern", "Values": ["/app/*"]}]
    elb.create_rule(ListenerArn=listener["Listeners"][0]["ListenerArn"], Priority=7, Conditions=paths, Actions=forward)
    items, _, _ = stand_in.collected("AWS::EC2::*", "AWS::ElasticLoadBalancingV2::*")
    found = [one for one in reach(items) if one.instance == instance]
    assert {(one.route.value, one.ports, one.through) for one in found} == {
        ("Internet", "22", gateway),
        ("Internet", "8080", arn),
    }
    assert "path /app/*" in [hop.said for one in found for hop in one.path]
    assert not any(one.doubts for one in found)
