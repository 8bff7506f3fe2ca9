"""Papers of shipments."""
