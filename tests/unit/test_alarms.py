"""Alarms and dashboard name metrics that exist, and each alarm has its part of the runbook (docs/monitoring.md)."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import yaml

from checkdata.domain.services.operations.see_backlog import Backlog
from checkdata.entrypoints.metrics.backlog import CollectedBacklog
from checkdata.entrypoints.metrics.prometheus import PrometheusMeasures

ROOT: Final = Path(__file__).parents[2]
OPS: Final = ROOT / "ops"
NAMED: Final = re.compile(r"\bcheckdata_\w+")
_OF_A_KIND: Final = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


def alarms() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((OPS / "alarms.yml").read_text("utf-8"))["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    return rules


def measured() -> frozenset[str]:
    """Every name that a scrape tells."""
    nothing = Backlog(last_runs={}, mails=0, oldest_mail=timedelta(), overdue=timedelta())
    families = PrometheusMeasures(CollectedBacklog(lambda: nothing, "none")).registry.collect()
    return frozenset(f"{family.name}{end}" for family in families for end in _OF_A_KIND[family.type])


def panels() -> Iterator[dict[str, Any]]:
    yield from json.loads((OPS / "dashboard.json").read_text("utf-8"))["panels"]


def test_each_alarm_has_its_part_of_the_runbook_and_leads_there() -> None:
    parts = re.findall(r"^## (\w+)$", (ROOT / "docs" / "runbook.md").read_text("utf-8"), re.MULTILINE)
    assert [alarm["alert"] for alarm in alarms()] == parts
    for alarm in alarms():
        assert alarm["annotations"]["runbook"] == f"docs/runbook.md#{alarm['alert'].lower()}"


def test_each_part_of_the_runbook_says_what_it_means_what_to_look_at_and_what_to_do() -> None:
    _, *parts = re.split(r"^## ", (ROOT / "docs" / "runbook.md").read_text("utf-8"), flags=re.MULTILINE)
    urgency = {alarm["alert"]: alarm["labels"]["severity"] for alarm in alarms()}
    for part in parts:
        name, _, told = part.partition("\n\n")
        assert told.lower().startswith(f"*{urgency[name]}.*"), name
        for heading in ("Means", "Look at", "Do"):
            assert f"\n- **{heading}.** " in told, (name, heading)


def test_alarms_dashboard_and_runbook_name_metrics_that_exist() -> None:
    files = [*filter(Path.is_file, OPS.iterdir()), ROOT / "docs" / "runbook.md"]
    named = {name for path in files for name in NAMED.findall(path.read_text("utf-8"))}
    assert not named - measured()
    assert len(named) > 10


def test_every_metric_is_in_the_documents_and_on_the_dashboard() -> None:
    documented = set(NAMED.findall((ROOT / "docs" / "monitoring.md").read_text("utf-8")))
    drawn = {name for panel in panels() for target in panel["targets"] for name in NAMED.findall(target["expr"])}
    for name in measured():
        family = re.sub(r"_(bucket|sum|count)$", "", name)
        assert family in documented, name
        assert any(each.startswith(family) for each in drawn), name


def test_every_job_that_an_alarm_watches_is_on_the_dashboard() -> None:
    works = re.compile(r'work=~?"([^"]+)"')
    watched, drawn = (
        {work for text in texts for found in works.findall(text) for work in found.split("|")}
        for texts in (
            [alarm["expr"] for alarm in alarms()],
            [target["expr"] for panel in panels() for target in panel["targets"]],
        )
    )
    assert watched == drawn


def test_every_panel_asks_the_data_source_that_its_user_chose() -> None:
    assert {panel["datasource"]["uid"] for panel in panels()} == {"${datasource}"}
    assert len({panel["title"] for panel in panels()}) == len(list(panels())) > 15
