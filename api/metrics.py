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

from indexer.records import Stream

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
        self.requests = self._counter(
            "hashsvc_requests_total", "Requests answered.", "route", "status"
        )
        match_seconds = Histogram(
            "hashsvc_match_seconds",
            "Time to answer one match request.",
            ["size"],
            buckets=_MATCH_SECONDS,
            registry=self.registry,
        )
        self.small_match_seconds = match_seconds.labels("small")
        self.large_match_seconds = match_seconds.labels("large")
        self.query_signatures = self._counter(
            "hashsvc_query_signatures_total", "Signatures searched."
        )
        self.matches = self._counter(
            "hashsvc_matches_total", "Matches answered.", "tier", "list_state"
        )
        self.hits_dropped = self._counter(
            "hashsvc_hits_dropped_total",
            "Hits that were not answered: the second hash spoke against them, or the store did.",
            "why",
        )
        self.decisions = self._counter(
            "hashsvc_decisions_total", "Decisions received.", "decision", "reason"
        )
        self.webhook_deliveries = self._counter(
            "hashsvc_webhook_deliveries_total", "Tries to deliver a hint to a webhook.", "outcome"
        )
        self._declare_waiting()
        self._declare_intake()

    def _declare_waiting(self) -> None:
        self.clocks = self._gauge(
            "hashsvc_clocks", "Clocks that run, pause or are overdue.", "regime", "state"
        )
        self.feed_unacknowledged = self._gauge(
            "hashsvc_feed_unacknowledged", "Entries of feeds that wait for their platform."
        )
        self.checkpoint_age = self._gauge(
            "hashsvc_checkpoint_age_seconds",
            "How long ago the end of a stream was signed, and kept in every folder.",
            "stream",
        )

    def _declare_intake(self) -> None:
        self.cases = self._counter("hashsvc_cases_total", "Cases, by what was done.", "action")
        self.case_work = self._counter(
            "hashsvc_case_work_total", "Work before a case is opened.", "outcome"
        )
        self.probe_alarms = self._counter(
            "hashsvc_probe_alarms_total", "Listed hashes that somebody began to work out."
        )
        self.flood_quarantines = self._counter(
            "hashsvc_flood_quarantines_total", "Listed signatures held for a flood.", "rule"
        )
        self.hit_rate_alarms = self._counter(
            "hashsvc_hit_rate_alarms_total", "Days on which a key matched far more than it used to."
        )
        self.honey_alarms = self._counter(
            "hashsvc_honey_alarms_total", "Questions with what one recipient alone was given."
        )
        self.pin_checks = self._counter("hashsvc_pin_checks_total", "PINs checked.", "outcome")

    def watch(self, gauges: Mapping[str, Callable[[], float]]) -> None:
        """Read these whenever the metrics are asked for.

        Args:
            gauges: the names of `GAUGES`, each with how to read it.
        """
        for name, read in gauges.items():
            Gauge(name, GAUGES[name], registry=self.registry).set_function(read)

    def watch_checkpoints(self, ages: Mapping[Stream, Callable[[], float]]) -> None:
        """Read the age of each stream's checkpoint whenever the metrics are asked for."""
        for stream, age in ages.items():
            self.checkpoint_age.labels(stream=stream).set_function(age)

    def text(self) -> bytes:
        """The exposition format that Prometheus reads."""
        return generate_latest(self.registry)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(name, what, labels, registry=self.registry)

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(name, what, labels, registry=self.registry)
