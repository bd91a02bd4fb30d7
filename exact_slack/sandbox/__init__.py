"""An Exact Online and a Slack on loopback, strict and stateful, with a sample company."""
