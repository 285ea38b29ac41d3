"""What ``./run`` calls: standard-library Python, one file for one concern."""
