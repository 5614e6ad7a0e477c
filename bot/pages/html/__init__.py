"""A saved HTML page -> Page.

    tree.py       bytes -> elements
    passages.py   elements -> passages: what a reader sees as one paragraph, heading, entry, row or caption
    metadata.py   what the page's head says; jsonld.py, what it says in JSON-LD
    headline.py   which of its headlines is the story's
    links.py      which passages are other stories' headlines and first words: teasers
    body.py       which passages trafilatura takes for the text
    story.py      every passage's role, in the page's order
    credits.py    who wrote it, and when
    page.py       all of it put together

Nothing is fetched. Importing `page` loads trafilatura and lxml, which takes a fifth of a second.
"""
