"""Ratios measured side by side in one run: `python -m benchmarks` prints one table and writes it as JSON."""
