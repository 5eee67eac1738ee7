"""How the installation fares: for its operator, for the watchers of containers, for Prometheus."""
