"""A second process that delivers from the same ledger, as `serve` does: it holds no run lock."""

import sys
from pathlib import Path

from exact_slack.app.customer import Customer
from exact_slack.app.summary import Summary
from exact_slack.config.load import load
from exact_slack.runs.frame.run import deliver

if __name__ == "__main__":
    customer = Customer(load(Path(sys.argv[1])))
    summary = Summary()
    print("ready", flush=True)
    deliver(customer, summary)
    customer.close()
    print(summary.posted)
