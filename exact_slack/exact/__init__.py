"""The source side: reads documents from Exact Online's REST API and keeps its login alive.

Knows `documents`, `config`, `errors` and `clock`; nothing of Slack, routing or the ledger.
"""
