"""Connectors: each speaks one service's protocol behind the contract of `base`."""
