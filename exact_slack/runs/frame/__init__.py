"""What stands around each run: its lock and its record, alerts, the ping of a monitor."""
