"""Commands, health checks and demo data."""
