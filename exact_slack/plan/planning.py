"""What planning is done with, made once a run."""

from dataclasses import dataclass

from exact_slack.app.addressees import addressees
from exact_slack.config.model import Config
from exact_slack.ledger.ledger import Ledger
from exact_slack.ledger.log import Seen
from exact_slack.plan.items import PlannedItems
from exact_slack.plan.listed.digests import Digests
from exact_slack.plan.listed.payment_runs import PlannedRuns
from exact_slack.plan.logged import DocumentLog
from exact_slack.plan.threads import Threads
from exact_slack.routing.addressees import Addressees


@dataclass(frozen=True, slots=True)
class Planning:
    """One of each; all write into the same ledger, for the same run."""

    config: Config
    ledger: Ledger
    run: int | None
    threads: Threads
    digests: Digests
    items: PlannedItems
    log: DocumentLog
    runs: PlannedRuns
    addressees: Addressees | None

    @classmethod
    def of(
        cls, config: Config, ledger: Ledger, run: int | None = None, by: Seen = Seen.POLL
    ) -> "Planning":
        """Those of one run; `by`: who reads the documents."""
        threads = Threads(ledger, run)
        items = PlannedItems(config, ledger, threads)
        log = DocumentLog(config, ledger, by)
        digests, runs = Digests(config, ledger), PlannedRuns(ledger, threads, run)
        return cls(
            config, ledger, run, threads, digests, items, log, runs, addressees(config, ledger)
        )
