"""`doctor`: is everything around exact-slack as it must be, and do Exact and Slack behave as we
think? It only asks: nothing is changed at either service."""
