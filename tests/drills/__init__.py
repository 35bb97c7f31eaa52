"""Drills: a server as in production is stopped, killed and loaded for minutes. `make drill` runs them."""
