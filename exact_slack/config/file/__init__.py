"""The config file itself: where it lies, whose it and its state are, its YAML and its lines."""
