"""Text -> sentences: one splitter for the whole project.

    split.py           where sentences end: nupunkt's boundaries, more of them, and fewer
    abbreviations.py   which full stops belong to a word
    enclosures.py      what stands between quotation marks or brackets
    listing.py         numbered and lettered items in one line

nupunkt finds most boundaries. What stands here takes back those that news prose disproves, and adds those
that it misses: its abbreviations were gathered from law reports and contain plain words, and its marks
are those of Latin script. Where both are possible, two sentences in one piece do less harm than half a one.
"""

from bot.sentences.split import passages, sentences

__all__ = ["passages", "sentences"]
