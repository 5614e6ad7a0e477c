"""Feeds: read, polled, and looked after."""
