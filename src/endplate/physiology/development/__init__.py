"""Years instead of days: growth, contracture, motor function, and what the periphery teaches the centre."""
