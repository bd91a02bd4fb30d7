"""From Exact Online to the plan: what changed is read, completed and taken in."""
