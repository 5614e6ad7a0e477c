"""The same bot without a token: in the terminal or in a browser page, over a simulated Discord."""
