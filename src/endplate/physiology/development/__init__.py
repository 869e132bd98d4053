"""Years instead of days: growth and contracture, motor function, and what the periphery teaches."""
