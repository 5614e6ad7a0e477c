"""Where articles are kept: one database, every query in it, and the full text inside it."""
