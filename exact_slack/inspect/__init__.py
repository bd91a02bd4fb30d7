"""Questions that change nothing: explain, preview, online, login."""
