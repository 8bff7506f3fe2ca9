"""The money book in other programs."""
