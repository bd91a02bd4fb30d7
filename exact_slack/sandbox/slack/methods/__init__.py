"""Slack's methods, by family: each takes a call and answers as Slack would."""
