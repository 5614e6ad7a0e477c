"""`python -m bot` is the command `newsdesk`."""

from bot.cli import main

main()
