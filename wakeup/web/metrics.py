"""The metrics, on a registry of their own. Labels are routes, answers and states: never ids or personal data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

_LATE = (0.0, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 4 * 3600.0, 24 * 3600.0)
_FAST = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.04, 0.06, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class CountedElsewhere(Collector):
    """A counter that is maintained elsewhere and read at each scrape."""

    def __init__(self, name: str, text: str, count: Callable[[], int]) -> None:
        self._name, self._text, self._count = f"wakeup_{name}", text, count

    def collect(self) -> Iterator[CounterMetricFamily]:
        yield CounterMetricFamily(self._name, self._text, value=self._count())


class Metrics:
    """The collectors that the web package feeds. Other packages may add theirs to `registry`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self.requests = self._counter("requests", "Requests answered", "route", "method", "status")
        self.request_seconds = self._histogram("request_seconds", "Time to answer a request", "route")
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self.events = self._counter("risk_events", "Risk events, by answer", "answer")
        self._events: dict[str, Counter] = {}
        self.turns = self._counter("turns", "Requests for a turn, by what was served", "answer")
        self.turn_seconds = self._histogram("turn_seconds", "Time to answer the request for a turn")
        self.call_events = self._counter("call_events", "Progress callbacks accepted", "event")
        self.text_events = self._counter("text_events", "SMS receipts accepted", "progress", "reason")
        self.replies = self._counter("replies", "Incoming SMS, by what they were taken as", "taken_as")
        self.bad_signatures = self._counter("bad_signatures", "Requests rejected by an access check", "door", "flaw")
        self.connections_cut = self._counter(
            "connections_cut", "Connections of the public listener that were cut, by which had no room", "which"
        )
        self.stranger_calls = self._counter(
            "stranger_calls", "Calls that did not belong to their attempt and were cut off"
        )
        self.decisions = self._counter("decisions", "Decisions, standing holds included", "decision", "reason")
        self.late_seconds = self._histogram(
            "decision_late_seconds", "How late decisions arrived at the payment core, 0 when in time", buckets=_LATE
        )
        self.calls = self._counter("calls", "Calls that ended, by how they ended", "disposition")
        self.ghost_rings = self._counter("ghost_rings", "Calls that appeared after their attempt was given up")
        self.alarms = self._counter("alarms", "Alarms, by cause", "cause")
        self.loop_failures = self._counter("loop_failures", "Failed rounds of a loop", "loop")
        self.items_failed = self._counter("items_failed", "Due items that failed, by log event", "event")
        self.background_failures = self._counter("background_failures", "Failed acts on a live call", "act")
        self.long_polls = Gauge("wakeup_long_polls", "Long polls waiting now", registry=self.registry)
        self.store_waiting = Gauge(
            "wakeup_store_waiting", "Use cases waiting for the Store", ["lane"], registry=self.registry
        )
        self.store_healthy = Gauge(
            "wakeup_store_healthy",
            "Whether the last transaction that wrote was committed, and none hangs",
            registry=self.registry,
        )

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request. The series are cached, because finding them costs more than counting."""
        series = self._series.get((route, method, status))
        if series is None:
            count = self.requests.labels(route, method, str(status))
            series = self._series[route, method, status] = (count, self.request_seconds.labels(route))
        count, time = series
        count.inc()
        time.observe(seconds)

    def event_answered(self, answer: str) -> None:
        """Count one risk event, with its series cached as above."""
        series = self._events.get(answer)
        if series is None:
            series = self._events[answer] = self.events.labels(answer)
        series.inc()

    def decided(self, ruling: str, reason: str) -> None:
        """Count one decision."""
        self.decisions.labels(ruling, reason).inc()

    def arrived(self, late: timedelta) -> None:
        """Record how late a decision was acknowledged by the payment core."""
        self.late_seconds.observe(late.total_seconds())

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"wakeup_{name}", text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str, *labels: str, buckets: tuple[float, ...] = _FAST) -> Histogram:
        return Histogram(f"wakeup_{name}", text, labels, registry=self.registry, buckets=buckets)
