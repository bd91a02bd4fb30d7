"""Processor time, start-up and how they compare with the least a Python program needs."""

import sys

from bench import processes
from bench.figures import Figure, Section
from bench.trace import KINDS
from bench.world import fill, world
from exact_slack.documents.kinds import Kind
from tests.e2e.rig import DIVISION, TOKEN

FEW, MANY = 20, 520
STARTS = 7


def measure(runs: int) -> Section:
    """All of them."""
    section = Section("cost")
    whole, least = zip(*((_per_document(), _least()) for _ in range(runs)), strict=True)
    section.figures.append(
        Figure(
            "processor time per document, from JSON to committed `posted`",
            whole,
            "at most 2 ms, or as below",
            2.0,
            digits=2,
            unit=" ms",
            note=f"(a poll of {MANY} documents less one of {FEW}) / {MANY - FEW}, without pace",
        )
    )
    section.figures.append(
        Figure(
            "for comparison: the processor time that requests, json, SQLite and slack_sdk alone "
            "need on the same machine to read a document and to post it between two commits",
            least,
            digits=2,
            unit=" ms",
            note="turn by turn with the figure above",
        )
    )
    section.figures.append(
        Figure(
            "the first of these two beside the second",
            tuple(ours / theirs for ours, theirs in zip(whole, least, strict=True)),
            "at most 2.4 times",
            2.4,
            digits=2,
            unit=" times",
        )
    )
    for words, mark in ((("poll",), 2.0), (("poll", "--due"), 1.5)):
        section.figures.append(
            Figure(
                f"processor time of `{' '.join(words)}` of eleven kinds with nothing to do, as a "
                "whole process, beside `python -c 'import requests, slack_sdk'`",
                tuple(_idle_ratio(*words) for _ in range(runs)),
                f"at most {mark} times",
                mark,
                digits=2,
                unit=" times",
            )
        )
    section.figures.append(
        Figure(
            "`--version` as a whole process, beside `python -c 'import click'`",
            tuple(_version_ratio() for _ in range(runs)),
            "at most 2 times",
            2.0,
            digits=2,
            unit=" times",
        )
    )
    return section


def _per_document() -> float:
    few, many = (_poll_of(count) for count in (FEW, MANY))
    return (many - few) / (MANY - FEW) * 1000


def _poll_of(count: int) -> float:
    with world() as rig:
        processes.command(rig.config, "poll")
        fill(rig, Kind.PURCHASE_ENTRY, count)
        spent = processes.unpaced(rig.config, "poll").cpu
        assert len(rig.messages("feed-0")) == count
        return spent


def _least() -> float:
    few, many = (_least_of(count) for count in (FEW, MANY))
    return (many - few) / (MANY - FEW) * 1000


def _least_of(count: int) -> float:
    with world() as rig:
        fill(rig, Kind.PURCHASE_ENTRY, count)
        exact = f"{rig.exact.url}/api/v1/{DIVISION}/", rig.exact.oauth.issue_chain().access
        slack = f"{rig.slack.server.url}/api/", TOKEN, rig.slack.store.channel("feed-0").id
        words = ["-m", "bench.least", *exact, *slack, str(rig.folder / "least.sqlite")]
        spent = processes.run([sys.executable, *words]).cpu
        assert len(rig.messages("feed-0")) == count
        return spent


def _idle_ratio(*words: str) -> float:
    """The best of several starts of each, turn by turn: other work only ever adds time."""
    with world(KINDS) as rig:
        processes.command(rig.config, "poll")
        polls, others = [], []
        for _ in range(STARTS):
            polls.append(processes.command(rig.config, *words).cpu)
            others.append(processes.python("import requests, slack_sdk").cpu)
        return min(polls) / min(others)


def _version_ratio() -> float:
    ours, others = [], []
    for _ in range(STARTS):
        ours.append(processes.run([sys.executable, "-m", "exact_slack", "--version"]).seconds)
        others.append(processes.python("import click").seconds)
    return min(ours) / min(others)
