"""The judge of Block Kit blocks."""
