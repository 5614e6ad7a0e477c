"""What commands there are."""

from typing import Any


def commands(group: Any, prefix: str = "newsdesk") -> dict[str, Any]:
    """Name every command with its parameters."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found |= commands(command, f"{prefix} {name}")
        else:
            found[f"{prefix} {name}"] = command
    return found
