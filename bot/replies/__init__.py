"""How answers look in Discord: its limits, escaping, cards, buttons, and the one voice of all errors."""
