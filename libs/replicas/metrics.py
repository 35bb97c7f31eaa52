"""Prometheus metrics of replicas."""

from prometheus_client import Counter, Gauge

# Of several processes the one that is worst off is shown, since its members see the difference.
LAG = Gauge(
    "h2h_replica_lag_seconds",
    "Age of what a replica is known to have.",
    ["replica"],
    multiprocess_mode="livemax",
)
USABLE = Gauge("h2h_replica_usable", "Whether a replica answers reads.", ["replica"], multiprocess_mode="livemin")
READS = Counter("h2h_replica_reads", "Reads that a replica may answer, by where they were answered.", ["outcome"])
