"""Seeing inside: what is counted and measured while the bot runs, and the port on which programs ask for it.

metrics.py     what there is to see, in the terms of Prometheus
commands.py    commands counted and timed as they are answered
condition.py   whether the bot can answer: store, index, gateway
server.py      /healthz, /readyz and /metrics
"""
