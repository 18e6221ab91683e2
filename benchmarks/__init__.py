"""Measurements, each with its yardstick in the same run. `make bench` runs them all.

They are never tests: machines are noisy, and a figure is worth something only as a ratio.
"""
