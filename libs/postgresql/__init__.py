"""PostgreSQL: Django's backend, with a circuit breaker."""
