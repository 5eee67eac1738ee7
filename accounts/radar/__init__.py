"""Detectors of problems: pure arithmetic over the facts of one client."""
