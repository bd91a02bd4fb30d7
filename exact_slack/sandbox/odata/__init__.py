"""The part of OData that the sandbox's Exact speaks."""
