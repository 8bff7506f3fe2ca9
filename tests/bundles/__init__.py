"""Tests of stocked bundles."""
