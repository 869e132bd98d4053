"""A trial that has not been done, simulated many times."""
