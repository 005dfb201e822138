"""The dashboard shows what a server tells, and all of it; Prometheus is told where that is."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import httpx2 as httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from kokoro_stream.client import connect
from kokoro_stream.service.access import AccessSettings, ApiKey
from kokoro_stream.service.app import create_app
from kokoro_stream.service.metrics import PREFIX
from kokoro_stream.service.secret import Secret
from kokoro_stream.service.settings import ServiceSettings
from tests.docs.page import FOLDER, PAGE
from tests.fakes import FakeSpeaker
from tests.service.running import serving

DASHBOARD: dict[str, Any] = json.loads((FOLDER / "grafana-dashboard.json").read_text("utf-8"))
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
EXPRESSIONS = [target["expr"] for panel in PANELS for target in panel["targets"]]
SCRAPE = yaml.safe_load((FOLDER / "prometheus.yml").read_text("utf-8"))["scrape_configs"][0]
# Of no use to somebody who looks: when a figure began to be counted, and what memory was asked for but is not used.
NOT_SHOWN = re.compile(rf"{PREFIX}_(\w+_created|process_start_time_seconds|process_virtual_memory_bytes)")
NAME = rf"\b{PREFIX}_\w+"
KEY = "kitchen-0123456789"


@pytest.fixture
async def told() -> Mapping[str, set[str]]:
    """Samples and their labels, as Prometheus reads them off a server that has spoken, failed and refused."""
    access = AccessSettings(keys={"kitchen": ApiKey(key=Secret(KEY))})
    samples: dict[str, set[str]] = defaultdict(set)
    async with serving(create_app(FakeSpeaker(), ServiceSettings(access=access))) as address:
        async with connect(f"ws://{address}/v1/stream", api_key=KEY) as client:
            for text in ("One. And two.", "This will fail."):
                async with client.speak(text) as speech:
                    assert [event async for event in speech.events()]
        async with httpx.AsyncClient(base_url=f"http://{address}") as http:
            assert (await http.get(SCRAPE["metrics_path"])).status_code == 401
            scheme = SCRAPE["authorization"]["type"]
            answer = await http.get(SCRAPE["metrics_path"], headers={"Authorization": f"{scheme} {KEY}"})
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            samples[sample.name] |= sample.labels.keys()
    return samples


def test_what_is_asked_for_is_told(told: Mapping[str, set[str]]) -> None:
    for text in (*EXPRESSIONS, PAGE):
        names = re.findall(NAME, text)
        assert names
        assert {name for name in names if not {name, f"{name}_bucket"} & told.keys()} == set()


def test_labels_that_are_asked_for_are_told(told: Mapping[str, set[str]]) -> None:
    for expression in EXPRESSIONS:
        (name,) = re.findall(NAME, expression)
        grouped = [label for found in re.findall(r"by \(([^)]*)\)", expression) for label in found.split(", ")]
        matched = re.findall(r'(\w+)=~?"', expression)
        assert {*grouped, *matched} - {"instance"} <= told[name]  # instance comes from Prometheus itself


def test_all_that_is_told_is_shown(told: Mapping[str, set[str]]) -> None:
    shown = {
        re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(rf"\b{PREFIX}_\w+", " ".join(EXPRESSIONS))
    }
    there = {re.sub(r"_(bucket|sum|count)$", "", name) for name in told if not NOT_SHOWN.fullmatch(name)}
    assert there == shown


def test_counters_are_shown_by_their_growth() -> None:
    for expression in EXPRESSIONS:
        counters = re.findall(rf"(\w*\(?){PREFIX}_\w+(?:_total|_bucket)\b", expression)
        assert all(function in {"rate(", "increase("} for function in counters)


def test_panels_lie_beside_each_other() -> None:
    assert len({panel["id"] for panel in PANELS}) == len({panel["title"] for panel in PANELS}) == len(PANELS)
    for one, other in combinations((panel["gridPos"] for panel in PANELS), 2):
        apart = [one[at] + one[size] <= other[at] or other[at] + other[size] <= one[at] for at, size in ("xw", "yh")]
        assert any(apart)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in PANELS)


def test_it_depends_on_no_data_source_of_ours() -> None:
    sources = {json.dumps(target["datasource"]) for panel in PANELS for target in (panel, *panel["targets"])}
    assert sources == {json.dumps({"type": "prometheus", "uid": "${datasource}"})}
    assert [each["name"] for each in DASHBOARD["templating"]["list"]] == ["datasource", "instance"]
