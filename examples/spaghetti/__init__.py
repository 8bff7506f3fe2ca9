"""The outcome figure: one simulated quarter twice, through a loosely coupled stack and through unicommerce."""
