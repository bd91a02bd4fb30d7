"""The verbs: collect, deliver, replay, each readable from top to bottom. `wiring` builds them."""
