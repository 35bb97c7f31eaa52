"""Switches by which operators turn off a function of all servers within seconds, without a deploy."""
