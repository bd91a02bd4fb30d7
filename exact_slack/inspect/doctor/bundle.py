"""`doctor --bundle`: what support needs, in a file that can be mailed.

Nothing in it is text that came from outside, or that names something: it has our own words (names
of checks, types of errors, states, causes, Exact's endpoints) and counts. So there is nothing to
hide, and nothing that hiding could miss."""

import json
import os
import platform
import sqlite3
from collections import Counter
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from exact_slack import __version__
from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.config.model import Config
from exact_slack.errors import ExactSlackError
from exact_slack.exact.catalogue import ENDPOINTS
from exact_slack.inspect.doctor.findings import Diagnosis
from exact_slack.ledger.shape import shape

_COUNTS = tuple(field.name for field in fields(Summary))
"""What a run adds up, but for its problems, which are sentences."""
_RUNS = 50


def bundle(customer: Customer, diagnosis: Diagnosis) -> dict[str, Any]:
    """Everything that is told."""
    return {
        "made_at": datetime.fromtimestamp(customer.clock.now(), UTC).isoformat(timespec="minutes"),
        "exact_slack": __version__,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.system(),
        "ok": not diagnosis.broken,
        "checks": [
            {
                "name": check.name.value,
                "state": check.state.value,
                "sort": check.sort,
                "endpoint": check.endpoint,
                "status": check.status,
            }
            for check in diagnosis.checks
        ],
        "assumptions": [assumption.as_json() for assumption in diagnosis.assumptions],
        "config": _config(customer.config),
        "ledger": _ledger(customer),
    }


def _config(config: Config) -> dict[str, Any]:
    """What is used of it: no name and no value of a customer's."""
    routes = config.routes
    keys = Counter(key for route in routes for key in route.when.model_fields_set)
    return {
        "region": config.exact.region,
        "divisions": len(config.exact.divisions),
        "own_addresses": [
            name
            for name, address in (
                ("exact", config.exact.base_url),
                ("slack", config.slack.base_url),
            )
            if address
        ],
        "secrets": {name: s.source for name, s in config.named_secrets().items()},
        "store": config.secrets,
        "locale": config.locale,
        "on_ambiguous": config.on_ambiguous,
        "flood_limit": config.flood_limit,
        "kinds": [kind.value for kind in config.routed_kinds()],
        "routes": len(routes),
        "when": dict(sorted(keys.items())),
        "digests": [route.digest.every for route in routes if route.digest],
        "triage": sum(1 for route in routes if route.triage),
        "attachments": sum(1 for route in routes if route.attachments),
        "templates": sum(1 for route in routes if route.template),
        "reports": [report.subject.value for report in config.reports],
        "silences": len(config.silences),
        "serves": config.serve.public_url is not None,
        "webhooks": config.exact.webhook_secret is not None,
        "alerts": config.alerts is not None,
        "ping": config.monitoring.ping_url is not None,
        "metrics": config.monitoring.metrics_file is not None,
    }


def _ledger(customer: Customer) -> dict[str, Any]:
    """Counts, and how the latest runs ended."""
    try:
        ledger = customer.ledger
        seen = shape(ledger.db)
        runs = ledger.latest_runs(_RUNS)
    except ExactSlackError as error:
        return {"unreadable": type(error).__name__}
    endpoints = {endpoint.path for endpoint in ENDPOINTS.values()}
    return {
        **seen,
        "refusals": [
            {"endpoint": path if path in endpoints else "other", "word": word}
            for path, word in ledger.cursors.all_capabilities()
        ],
        "runs": [
            {
                "command": run.command,
                "seconds": None
                if run.ended_at is None
                else round(run.ended_at - run.started_at, 1),
                "exit_code": run.exit_code,
                **{name: run.summary[name] for name in _COUNTS if _is_count(run.summary, name)},
                "problems": _length(run.summary.get("problems")),
            }
            for run in runs
        ],
    }


def _is_count(summary: dict[str, object], name: str) -> bool:
    value = summary.get(name)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _length(value: object) -> int:
    return len(value) if isinstance(value, list) else 0


def write(path: Path, content: dict[str, Any]) -> None:
    """As JSON in a new file of mode 0600. Raises FileExistsError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
