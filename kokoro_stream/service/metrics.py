"""What is counted and measured, for Prometheus: a registry of its own, so that two services do not mix."""

from __future__ import annotations

import asyncio
from typing import Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from ..engine.vitals import Vitals
from .reckoning import Cause

Outcome = Literal["done", "interrupted", "failed", "abandoned"]

PREFIX = "kokoro_stream"
# Seconds. The first audio of a small voice on a free machine … that of a large one that is overloaded.
_FIRST_AUDIO = (0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0)
_LEAD = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.2, 1.6, 2.0, 5.0)
_LAG = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0)
_FACTOR = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0, 1.5, 3.0)


class Metrics:
    """Of one service. All methods belong to the event loop but `exposition`."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.first_audio = self._histogram(
            "first_audio_seconds",
            "Time to the first audio, from the first text (as a model begins to write) and from when the text of the "
            "first segment was complete",
            _FIRST_AUDIO,
            "since",
        )
        self.lead = self._histogram(
            "least_lead_seconds", "Of each segment: how near a listener in real time was to running dry", _LEAD
        )
        self.realtime_factor = self._histogram(
            "realtime_factor", "Of each speech: seconds of the machine for a second of audio", _FACTOR
        )
        self.loop_lag = self._histogram("event_loop_lag_seconds", "How late the event loop runs what is due", _LAG)
        self.underruns = self._counter(
            "underruns",
            "Times that a listener in real time ran dry, as the machine or the text was late",
            "cause",
        )
        self.speeches = self._counter("speeches", "Speeches that have ended, by how", "outcome")
        self.interruptions = self._counter("interruptions", "Speeches that a listener cut short or had cut short")
        self.errors = self._counter("errors", "Speeches that failed and messages that were refused, by code", "kind")
        self.refused = self._counter("refused", "Requests, sessions and speeches that were turned away", "reason")
        self.characters = self._counter("characters", "Characters given to be spoken, by the key's name", "key")
        self.audio = self._counter("audio_seconds", "Audio that was handed out")
        self._build = self._gauge("build_info", "What serves", "version", "model", "provider")
        self._sessions = self._gauge("sessions", "Sessions and requests that are being served")
        self.speaking = self._gauge("speeches_active", "Speeches under way")
        self._tasks = self._gauge("tasks", "Tasks of the event loop")
        self._waiting = self._gauge("jobs_waiting", "Jobs of the model that wait for their turn")
        self._running = self._gauge("jobs_running", "Jobs of the model that are computed now")
        self._longest = self._gauge("job_longest_seconds", "For how long the oldest of these has been computed")
        self._load = self._gauge("load_ratio", "Part of the machine that the speeches under way need")
        self._room = self._gauge("room_speeches", "Speeches that the machine keeps up with")
        for cause in get_args(Cause):  # what never happened is 0, not unknown
            self.underruns.labels(cause)
        for outcome in get_args(Outcome):
            self.speeches.labels(outcome)
        ProcessCollector(namespace=PREFIX, registry=self._registry)

    def take(self, *, sessions: int, vitals: Vitals) -> None:
        """Notes how things are now."""
        self._sessions.set(sessions)
        self._tasks.set(len(asyncio.all_tasks()))
        self._waiting.set(vitals.waiting)
        self._running.set(vitals.running)
        self._longest.set(vitals.longest_s)
        self._load.set(vitals.load)
        self._room.set(vitals.room)

    def introduce(self, *, version: str, model: str, provider: str) -> None:
        """Says what serves."""
        self._build.labels(version, model, provider).set(1)

    def refused_message(self, code: str) -> None:
        """A message was answered with an error."""
        self.errors.labels(code).inc()

    def exposition(self) -> bytes:
        """All of it, in Prometheus' text format. Blocking: the process's own figures are read from the kernel."""
        return generate_latest(self._registry)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(name, about, labels, namespace=PREFIX, registry=self._registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(name, about, labels, namespace=PREFIX, registry=self._registry)

    def _histogram(self, name: str, about: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(name, about, labels, namespace=PREFIX, registry=self._registry, buckets=buckets)
