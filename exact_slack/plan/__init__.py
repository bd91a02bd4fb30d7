"""From a document to the deliveries it causes."""
