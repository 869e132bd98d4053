"""Adverse events of a run: ``weakness`` from lost force, ``rates`` of all others, and ``events`` as told."""
