"""The page that shows the sandbox's workspace, and the same as plain text."""
