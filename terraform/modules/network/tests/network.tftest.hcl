mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { region = "ap-northeast-2" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:ap-northeast-2:123456789012:log-group:flow" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/flow" }
  }
}

variables {
  name               = "heart-to-heart-test"
  availability_zones = ["ap-northeast-2a", "ap-northeast-2c"]
  kms_key_arn        = "arn:aws:kms:ap-northeast-2:123456789012:key/mock"
}

run "private_subnets_have_no_way_out_without_a_nat_gateway" {
  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_route.nat) == 0
    error_message = "Nobody asked for a way out."
  }

  assert {
    condition     = length(distinct([for subnet in concat(values(aws_subnet.public), values(aws_subnet.private)) : subnet.cidr_block])) == 4
    error_message = "Subnets must not share addresses."
  }

  assert {
    condition     = aws_route.internet.route_table_id == aws_route_table.public.id && alltrue([for link in aws_route_table_association.private : link.route_table_id != aws_route_table.public.id])
    error_message = "Private subnets must not have the route to the internet."
  }

  assert {
    condition     = length(aws_default_security_group.closed.ingress) == 0 && length(aws_default_security_group.closed.egress) == 0
    error_message = "The default group must allow nothing."
  }

  assert {
    condition     = aws_flow_log.refused.traffic_type == "REJECT" && aws_flow_log.refused.log_destination == aws_cloudwatch_log_group.flow.arn
    error_message = "Refused connections must be logged."
  }
}

run "each_zone_has_a_nat_gateway_of_its_own_where_asked" {
  variables {
    nat_gateways = 2
  }

  assert {
    condition     = [for gateway in aws_nat_gateway.this : gateway.subnet_id] == [for zone in var.availability_zones : aws_subnet.public[zone].id]
    error_message = "NAT gateways are in public subnets, one in each zone."
  }

  assert {
    condition     = alltrue([for index, zone in var.availability_zones : aws_route.nat[zone].nat_gateway_id == aws_nat_gateway.this[index].id])
    error_message = "Each zone leaves by its own NAT gateway."
  }
}

run "three_zones_have_room_for_pods" {
  variables {
    availability_zones = ["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"]
    nat_gateways       = 3
  }

  assert {
    condition     = [for zone in var.availability_zones : aws_subnet.public[zone].cidr_block] == ["10.20.0.0/24", "10.20.1.0/24", "10.20.2.0/24"]
    error_message = "Public subnets are for load balancers and NAT gateways."
  }

  assert {
    condition     = [for zone in var.availability_zones : aws_subnet.private[zone].cidr_block] == ["10.20.16.0/20", "10.20.32.0/20", "10.20.48.0/20"]
    error_message = "Private subnets have 4,096 addresses each, and share none with public ones."
  }

  assert {
    condition     = length(distinct([for route in aws_route.nat : route.nat_gateway_id])) == 3 && length(distinct([for route in aws_route.nat : route.route_table_id])) == 3
    error_message = "No zone may depend on the NAT gateway of another."
  }
}

run "services_of_aws_are_called_through_endpoints_where_asked" {
  variables {
    interface_endpoints = ["ecr.api", "sts"]
  }

  assert {
    condition     = { for name, endpoint in aws_vpc_endpoint.interface : name => endpoint.service_name } == { "ecr.api" = "com.amazonaws.ap-northeast-2.ecr.api", sts = "com.amazonaws.ap-northeast-2.sts" }
    error_message = "Each service has an endpoint."
  }

  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.interface : endpoint.private_dns_enabled && endpoint.subnet_ids == toset([for subnet in aws_subnet.private : subnet.id])])
    error_message = "Endpoints are in private subnets and have the names of the services."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.endpoints[0].cidr_ipv4 == "10.20.0.0/16" && aws_vpc_security_group_ingress_rule.endpoints[0].from_port == 443
    error_message = "Only the network itself reaches endpoints."
  }
}

run "one_zone_is_refused" {
  command = plan

  variables {
    availability_zones = ["ap-northeast-2a"]
  }

  expect_failures = [var.availability_zones]
}
