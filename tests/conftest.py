"""What all tests share: databases, the newsroom over them, and a watch over what is logged."""

from hypothesis import settings

pytest_plugins = [
    "tests.databases",
    "tests.newsroom",
    "tests.canaries",
    "tests.loopback.running",
    "tests.loopback.client",
]

# How long one example takes is the machine's business, and what else it has to do.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")
