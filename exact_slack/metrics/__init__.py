"""What monitors are told, as numbers: in a file for node_exporter, and by `serve`."""
