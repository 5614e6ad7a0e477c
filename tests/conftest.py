"""What all tests share: databases, the newsroom over them, and a watch over what is logged."""

pytest_plugins = [
    "tests.databases",
    "tests.newsroom",
    "tests.canaries",
    "tests.loopback.running",
    "tests.loopback.client",
]
