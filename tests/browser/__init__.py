"""The preview in a real browser: `make test-browser`, and `make pictures` for those in the README.

No file here has a name that pytest looks for: the tests of every day need no browser.
"""
