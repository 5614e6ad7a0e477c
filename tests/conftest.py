"""What all tests share: databases, and the newsroom over them."""

pytest_plugins = ["tests.databases", "tests.newsroom"]
