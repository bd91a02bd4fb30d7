"""What every part of a customer needs: its parts built once, the summary of a run."""
