"""For whoever writes a config file: what each key means, the schema for editors, a first file."""
