"""`log`: which document a person means, and what happened to it."""
