"""Questions a user brings, each answered by one module."""
