"""Observations, the past and the time in; a verdict with the rule behind it out. Never touches the network."""
