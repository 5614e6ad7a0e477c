"""Every sentence in the source is marked whole, filled with what it names, and translated when it is shown."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import walk_packages

import bot
from bot.errors import NewsError
from tests.messages import ROOT, fields, sources

READS_LANGUAGE = ("bot/replies", "bot/client.py", "cogs")
"""Where sentences are shown. Elsewhere `_` only marks them."""


@cache
def trees() -> dict[str, ast.Module]:
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in sources()}


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def test_no_sentence_is_translated_while_a_module_is_imported() -> None:
    """Who imports a module speaks no language yet: a label made there stays English for ever."""
    early = []
    for place, tree in trees().items():
        if not place.startswith(READS_LANGUAGE):
            continue
        inside = {
            id(node)
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for statement in (function.body if isinstance(function.body, list) else [function.body])
            for node in ast.walk(statement)
        }
        early += [f"{place}:{call.lineno}" for call in calls(tree, "_", "ngettext") if id(call) not in inside]
    assert early == []


def test_only_whole_literal_sentences_are_translated() -> None:
    """Anything else cannot be gathered. The sentence of an error is marked where its class is."""
    loose = []
    for place, tree in trees().items():
        for call in calls(tree, "_", "ngettext"):
            texts = call.args[: 1 if isinstance(call.func, ast.Name) and call.func.id == "_" else 2]
            if not all(isinstance(text, ast.Constant) and isinstance(text.value, str) for text in texts):
                loose.append(f"{place}: {ast.unparse(call)}")
    assert loose == ["bot/replies/wording.py: _(error.sentence)"]


def test_sentences_are_filled_with_exactly_what_they_name() -> None:
    wrong = []
    for place, tree in trees().items():
        filled = {
            id(node.func.value): {keyword.arg for keyword in node.keywords}
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "format"
        }
        if not place.startswith(READS_LANGUAGE):
            continue
        for call in calls(tree, "_", "ngettext"):
            texts = [text.value for text in call.args if isinstance(text, ast.Constant)]
            names = {name for text in texts for name, *_rest in fields(str(text))}
            given = filled.get(id(call), set())
            if texts and names != given and not _filled_later(tree, call, names):
                wrong.append(f"{place}:{call.lineno}: {sorted(names)} filled with {sorted(map(str, given))}")
    assert wrong == []


def _filled_later(tree: ast.Module, call: ast.Call, names: set[str]) -> bool:
    """Tell whether a template is kept under a name and filled through it."""
    kept = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and node.value is call
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return any(
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in kept
        and {keyword.arg for keyword in node.keywords} == names
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )


@cache
def errors() -> dict[str, type[NewsError]]:
    """Find every error that has a sentence."""
    for module in walk_packages(bot.__path__, "bot."):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            import_module(module.name)
    found: dict[str, type[NewsError]] = {}
    waiting: list[type[NewsError]] = [NewsError]
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        if error.sentence and error.__module__.startswith("bot."):
            found[error.__name__] = error
    return found


def test_errors_are_raised_with_what_their_sentences_name() -> None:
    wrong = []
    for place, tree in trees().items():
        for call in calls(tree, *errors()):
            assert isinstance(call.func, ast.Name)
            names = {name for name, *_rest in fields(errors()[call.func.id].sentence)}
            given = {keyword.arg for keyword in call.keywords}
            # With ** only whoever runs it knows.
            if None not in given and not names <= given:
                wrong.append(f"{place}:{call.lineno}: {sorted(names - given)} missing")
    assert wrong == []


_PROSE = re.compile(r"(?!/).*[^\W\d_]{2,}[,;:]? [^\W\d_]{2,}")
"""Two words: what is no name, no code and no command as it is typed is for a reader."""
_SHOWN = frozenset({"label", "placeholder", "title", "description", "content", "footer"})
"""What holds text that is shown, be it a single word."""


def test_no_sentence_is_shown_without_a_translation() -> None:
    unmarked = []
    for place, tree in trees().items():
        if place.startswith(READS_LANGUAGE):
            exempt = {id(node) for skipped in _not_shown(tree) for node in ast.walk(skipped)}
            unmarked += [
                f"{place}:{node.lineno}: {node.value!r}"
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in exempt
                and _PROSE.match(node.value)
            ]
            unmarked += [
                f"{place}:{node.value.lineno}: {node.arg}={node.value.value!r}"
                for node in ast.walk(tree)
                if isinstance(node, ast.keyword)
                and isinstance(node.value, ast.Constant)
                and node.arg in _SHOWN
                and isinstance(node.value.value, str)
                and re.search(r"[^\W\d_]", node.value.value)
                and id(node.value) not in exempt
            ]
    assert unmarked == []


def _not_shown(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what holds text that is translated, or that no reader sees."""
    for node in ast.walk(tree):
        match node:
            case ast.Dict(keys=keys):
                yield from (key for key in keys if key is not None)
            case (
                ast.Expr(value=ast.Constant())  # a docstring
                | ast.Call(func=ast.Name(id="_" | "ngettext"))
                | ast.Call(func=ast.Attribute(value=ast.Name(id="log")))
                | ast.Raise()
                | ast.ClassDef(bases=[ast.Name(id="Enum" | "StrEnum")])
                # What is typed is English everywhere.
                | ast.Call(func=ast.Attribute(attr="example") | ast.Name(id="example"))
                | ast.keyword(arg="example" | "extras" | "command")
                | ast.JoinedStr(values=[ast.FormattedValue(), ast.Constant()])
                # The translator is asked for these.
                | ast.Call(
                    func=ast.Attribute(
                        attr="describe"
                        | "hybrid_command"
                        | "command"
                        | "choices"
                        | "ContextMenu"
                        | "context_menu"
                    )
                )
            ):
                yield node
            case _:
                pass
