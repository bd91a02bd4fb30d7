"""What a command shows a person in a terminal."""
