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

run "one_zone_is_refused" {
  command = plan

  variables {
    availability_zones = ["ap-northeast-2a"]
  }

  expect_failures = [var.availability_zones]
}
