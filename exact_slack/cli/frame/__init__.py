"""What stands around every command: settings, several customers, output, errors."""
