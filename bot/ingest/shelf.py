"""The part of the store that a batch may touch, in memory: documents are placed on it one after the other.

Pure over what it is handed: it reads nothing and writes nothing. What a batch changes is read off it at
the end, so that documents of one batch see each other as if each had been taken in alone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice

from bot.article import Kind, Page, Teaser
from bot.errors import WasRemoved
from bot.ingest.decide import hushes, keeps_out, merged, same_file, same_story, same_url
from bot.ingest.documents import Arrival, Did, Document, Outcome
from bot.ingest.identity import content_hash, keys_of
from bot.store.records import Draft, FileEntry, Keys, Link, Tombstone
from bot.store.writing import ALIKE


class Shelf:
    """Articles, stubs, tombstones and files, found by their keys."""

    def __init__(self, now: datetime, last_id: int) -> None:
        """Begin with nothing known; new stories get the ids that follow `last_id`."""
        self._now = now
        self._last_id = last_id
        self.drafts: dict[int, Draft] = {}
        self.stored: dict[int, Draft] = {}
        """What was there before, as it was."""
        self.links: dict[int, list[Link]] = {}
        """The teasers of the articles whose pages were read."""
        self.returned: list[int] = []
        """Articles whose tombstones were lifted and that came back."""
        self.entries: list[FileEntry] = []
        """What became of files."""
        self._files: dict[tuple[str, str], FileEntry] = {}
        self._tombstones: dict[int, Tombstone] = {}
        self._found: defaultdict[tuple[str, bytes], dict[int, None]] = defaultdict(dict)
        self._buried: defaultdict[tuple[str, bytes], dict[int, None]] = defaultdict(dict)

    def put(self, drafts: Iterable[Draft], teasers: Mapping[int, tuple[Teaser, ...]]) -> None:
        """Put what is stored onto the shelf, with the teasers of its pages where they matter."""
        for draft in drafts:
            if draft.id in self.stored:
                continue
            whole = replace(draft, page=replace(draft.page, teasers=teasers.get(draft.id, ())))
            self.stored[draft.id] = whole
            self._set(whole)

    def bury(self, tombstones: Iterable[Tombstone]) -> None:
        """Put tombstones onto the shelf."""
        for tombstone in tombstones:
            self._tombstones[tombstone.id] = tombstone
            for key in _places(tombstone.keys):
                self._buried[key][tombstone.id] = None

    def file(self, entries: Iterable[FileEntry]) -> None:
        """Put what is known of files onto the shelf."""
        for entry in entries:
            self._files[entry.root, entry.path] = entry

    def place(self, arrival: Arrival) -> Outcome:
        """Take a document in, after all that were placed before it."""
        outcome = self._place(arrival)
        if file := arrival.document.file:
            entry = FileEntry(file.root, file.path, file.content_hash, outcome.id, outcome.reason)
            if self._entry(arrival.document) != entry:
                self.entries.append(entry)
        return outcome

    def _place(self, arrival: Arrival) -> Outcome:
        document, keys = arrival.document, arrival.keys
        draft = self._identical(keys)
        if draft is None and (tombstone := self._kept_out(keys, document)):
            if not tombstone.lifted:
                error = WasRemoved(id=tombstone.id, date=tombstone.removed.isoformat())
                return Outcome(Did.REJECTED, tombstone.id, error)
            return self._add(arrival, self._come_back(tombstone))
        draft = draft or self._same_file(keys, document) or self._stub_of(document.page, keys)
        if draft is None:
            return self._add(arrival, self._next_id())
        if draft.kind is Kind.STUB:
            return self._complete(arrival, draft)
        return self._update(arrival, draft)

    def _identical(self, keys: Keys) -> Draft | None:
        if keys.url and (same := next(self._at("url", keys.url), None)):
            return same
        alike = (
            draft
            for draft in self._at("fingerprint", keys.fingerprint)
            if draft.kind is Kind.ARTICLE and same_url(draft.keys, keys) is not False
        )
        return min(alike, key=lambda draft: draft.id, default=None)

    def _kept_out(self, keys: Keys, document: Document) -> Tombstone | None:
        near = [self._tombstones[id_] for key in _places(keys) for id_ in self._buried.get(key, ())]
        out = [tombstone for tombstone in near if keeps_out(tombstone, keys)]
        entry = self._entry(document)
        if (
            entry
            and (tombstone := self._tombstones.get(entry.article_id or 0))
            and same_file(tombstone.keys, keys)
        ):
            out.append(tombstone)
        return min(out, key=lambda tombstone: tombstone.lifted, default=None)

    def _same_file(self, keys: Keys, document: Document) -> Draft | None:
        entry = self._entry(document)
        draft = self.drafts.get(entry.article_id or 0) if entry else None
        return draft if draft and draft.kind is Kind.ARTICLE and same_file(draft.keys, keys) else None

    def _entry(self, document: Document) -> FileEntry | None:
        return self._files.get((document.file.root, document.file.path)) if document.file else None

    def _stub_of(self, page: Page, keys: Keys) -> Draft | None:
        stubs = [
            draft
            for draft in self._near(keys, {Kind.STUB})
            if same_url(draft.keys, keys) is not False and same_story(draft.page, page)
        ]
        return min(stubs, key=lambda draft: draft.id, default=None)

    def _add(self, arrival: Arrival, id_: int) -> Outcome:
        page = arrival.document.page
        if page.blocks:
            page = replace(page, blocks=())
        self._set(
            Draft(
                id=id_,
                kind=Kind.ARTICLE,
                page=page,
                keys=arrival.keys,
                content_hash=arrival.content_hash,
                added=self._now,
                updated=self._now,
            )
        )
        self._link(arrival, id_)
        return Outcome(Did.ADDED, id_)

    def _complete(self, arrival: Arrival, stub: Draft) -> Outcome:
        page = arrival.document.page
        # What the teaser said was cut short; its address was not.
        page = replace(page, url=page.url or stub.page.url, blocks=())
        self._set(
            Draft(
                id=stub.id,
                kind=Kind.ARTICLE,
                page=page,
                keys=keys_of(page),
                content_hash=content_hash(page),
                added=self._now,
                updated=self._now,
            )
        )
        self._link(arrival, stub.id)
        return Outcome(Did.ADDED, stub.id)

    def _update(self, arrival: Arrival, draft: Draft) -> Outcome:
        if draft.content_hash == arrival.content_hash:
            return Outcome(Did.UNCHANGED, draft.id)
        entry = self._entry(arrival.document)
        edited = entry is not None and entry.article_id == draft.id
        page = merged(draft.page, arrival.document.page, edited=edited, partial=arrival.document.partial)
        hashed = content_hash(page)
        if draft.content_hash is not None and (page == draft.page or hashed == draft.content_hash):
            return Outcome(Did.UNCHANGED, draft.id)
        self._set(replace(draft, page=page, keys=keys_of(page), content_hash=hashed, updated=self._now))
        if page.teasers == arrival.document.page.teasers:
            self._link(arrival, draft.id)
        return Outcome(Did.UPDATED, draft.id)

    def _link(self, arrival: Arrival, id_: int) -> None:
        links = []
        for stub, keys in arrival.teased:
            target = self._teased(stub, keys)
            if target is not None and target != id_:
                links.append(Link(target, stub.headline, stub.standfirst, stub.url))
        self.links[id_] = links

    def _teased(self, stub: Page, keys: Keys) -> int | None:
        """Return the story that a teaser is about, a new stub if need be; None if it was removed."""
        if keys.url and (same := next(self._at("url", keys.url), None)):
            return same.id
        alike = [
            draft
            for draft in self._near(keys)
            if same_url(draft.keys, keys) is not False and same_story(stub, draft.page)
        ]
        if alike:
            return max(alike, key=lambda draft: (draft.kind is Kind.ARTICLE, draft.id)).id
        near = [self._tombstones[id_] for key in _places(keys) for id_ in self._buried.get(key, ())]
        buried = [tombstone for tombstone in near if hushes(tombstone, keys)]
        tombstone = min(buried, key=lambda tombstone: tombstone.lifted, default=None)
        if tombstone and not tombstone.lifted:
            return None
        id_ = self._come_back(tombstone) if tombstone else self._next_id()
        self._set(
            Draft(
                id=id_,
                kind=Kind.STUB,
                page=stub,
                keys=keys,
                content_hash=content_hash(stub),
                added=self._now,
                updated=self._now,
            )
        )
        return id_

    def _come_back(self, tombstone: Tombstone) -> int:
        del self._tombstones[tombstone.id]
        for key in _places(tombstone.keys):
            self._buried[key].pop(tombstone.id, None)
        self.returned.append(tombstone.id)
        return tombstone.id

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _set(self, draft: Draft) -> None:
        if old := self.drafts.get(draft.id):
            for key in _places(old.keys):
                self._found[key].pop(old.id, None)
        self.drafts[draft.id] = draft
        for key in _places(draft.keys):
            self._found[key][draft.id] = None

    def _at(self, name: str, key: bytes) -> Iterator[Draft]:
        return (self.drafts[id_] for id_ in self._found.get((name, key), ()))

    def _near(self, keys: Keys, kinds: Collection[Kind] = tuple(Kind)) -> list[Draft]:
        """Return the last ALIKE stories of some kinds at each of the keys: comparing with more takes too long."""
        found: dict[int, Draft] = {}
        for key in _places(keys):
            last = (self.drafts[id_] for id_ in reversed(self._found.get(key, {})))
            found |= {draft.id: draft for draft in islice((one for one in last if one.kind in kinds), ALIKE)}
        return list(found.values())


def _places(keys: Keys) -> Iterator[tuple[str, bytes]]:
    yield "fingerprint", keys.fingerprint
    yield "headline", keys.headline
    if keys.url:
        yield "url", keys.url
    if keys.lead:
        yield "lead", keys.lead
