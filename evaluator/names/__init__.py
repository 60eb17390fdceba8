"""Which files belong to a configuration, and what every bare name in them is bound to."""
