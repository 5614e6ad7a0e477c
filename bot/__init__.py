"""Newsdesk: a Discord bot that answers news questions from its own article store."""
