"""Prometheus metrics of requests, with the names that django-prometheus gives them and nothing that nobody reads.

Its middleware updates twenty metrics for each request, and has one label for all routes without a name.
"""

from functools import cache

from django.http import HttpRequest
from django_prometheus.conf import PROMETHEUS_LATENCY_BUCKETS
from prometheus_client import Counter, Histogram

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

LATENCY = Histogram(
    "django_http_requests_latency_seconds_by_view_method",
    "Time from a request's first middleware to its response, by route and method.",
    ["view", "method"],
    buckets=PROMETHEUS_LATENCY_BUCKETS,
)
RESPONSES = Counter(
    "django_http_responses_total_by_status_view_method",
    "Responses by status, route and method.",
    ["status", "view", "method"],
)
# `labels` validates and converts what it is given at each call.
_latency, _responses = cache(LATENCY.labels), cache(RESPONSES.labels)


def record_request(request: HttpRequest, status: int, seconds: float) -> None:
    """Count a response and its latency. The labels are of bounded number: routes, known methods, statuses."""
    view = request.resolver_match.route if request.resolver_match else "unrouted"
    method = request.method if request.method in METHODS else "other"
    _latency(view, method).observe(seconds)
    _responses(status, view, method).inc()
