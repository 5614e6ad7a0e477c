"""Commands, thin: each parses what was asked, asks the desk, and hands its answer to bot/replies."""
