"""From the ledger to Slack: claimed, rendered, sent, recorded, looked up."""
