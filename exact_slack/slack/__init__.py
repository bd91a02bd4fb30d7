"""The sink: Slack's Web API, what its answers mean, finding a message again by its key."""
