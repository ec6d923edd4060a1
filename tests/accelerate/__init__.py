"""Tests that accelerated LightGBM models give LightGBM's own numbers, bit by bit."""
