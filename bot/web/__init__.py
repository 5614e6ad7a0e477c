"""Fetching from the web, guarded: only public addresses, within limits of size and time."""
