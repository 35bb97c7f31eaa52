output "vpc_id" {
  description = "Id of the network."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Ids of the public subnets, in the order of the zones."
  value       = [for zone in var.availability_zones : aws_subnet.public[zone].id]
}

output "private_subnet_ids" {
  description = "Ids of the private subnets, in the order of the zones."
  value       = [for zone in var.availability_zones : aws_subnet.private[zone].id]
}

# For the tests of roots that use this module.
output "subnets" {
  description = "Addresses and tags of the subnets, by zone, and the NAT gateway of each private one."
  value = {
    public  = { for zone, subnet in aws_subnet.public : zone => { cidr_block = subnet.cidr_block, tags = subnet.tags } }
    private = { for zone, subnet in aws_subnet.private : zone => { cidr_block = subnet.cidr_block, tags = subnet.tags } }
    nat     = { for zone, route in aws_route.nat : zone => route.nat_gateway_id }
  }
}
