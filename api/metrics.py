"""Every metric, declared in one place; labels hold words of closed sets only."""

from collections.abc import Callable, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

# They would tell to the microsecond when the first case of an instance was opened.
disable_created_metrics()  # type: ignore[no-untyped-call]  # untyped there

_MATCH_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)

GAUGES = {
    "hashsvc_index_signatures": "Signatures that can be found.",
    "hashsvc_index_sequence": "Sequence number of the last change that the index holds.",
    "hashsvc_index_staleness_seconds": "How long ago the index held everything.",
}


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        """Declare them in a registry of their own: two applications may share a process."""
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "hashsvc_requests_total",
            "Requests answered.",
            ["route", "status"],
            registry=self.registry,
        )
        self.match_seconds = Histogram(
            "hashsvc_match_seconds",
            "Time to answer one match request.",
            ["size"],
            buckets=_MATCH_SECONDS,
            registry=self.registry,
        )
        self.query_signatures = Counter(
            "hashsvc_query_signatures_total", "Signatures searched.", registry=self.registry
        )
        self.matches = Counter(
            "hashsvc_matches_total",
            "Matches answered.",
            ["tier", "list_state"],
            registry=self.registry,
        )
        self.hits_dropped = Counter(
            "hashsvc_hits_dropped_total",
            "Hits that were not answered: the second hash spoke against them, or the store did.",
            ["why"],
            registry=self.registry,
        )
        self.decisions = Counter(
            "hashsvc_decisions_total",
            "Decisions received.",
            ["decision", "reason"],
            registry=self.registry,
        )
        self.cases = Counter(
            "hashsvc_cases_total", "Cases, by what was done.", ["action"], registry=self.registry
        )
        self.pin_checks = Counter(
            "hashsvc_pin_checks_total", "PINs checked.", ["outcome"], registry=self.registry
        )

    def watch(self, gauges: Mapping[str, Callable[[], float]]) -> None:
        """Read these whenever the metrics are asked for.

        Args:
            gauges: the names of `GAUGES`, each with how to read it.
        """
        for name, read in gauges.items():
            Gauge(name, GAUGES[name], registry=self.registry).set_function(read)

    def text(self) -> bytes:
        """The exposition format that Prometheus reads."""
        return generate_latest(self.registry)
