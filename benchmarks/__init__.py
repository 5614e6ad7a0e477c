"""How well the headline search finds, and how fast, beside others on the same questions: `make bench`.

`corpus` makes headlines and `queries` what people would type to find them, both from a seed. `rivals` are the
other searches, `measure` asks all of them and counts, `project` measures the bot around the search: how
long a start takes, how much memory it needs, when an article that was taken in is found.
"""
