"""Which messages the code can give: the kinds of problem, and the places where an error is made."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable
from functools import cache

from tests.house.tree import Module, sources

NOT_OURS = {*dir(builtins), "Exit", "Abort", "StopUpload", "TransactionManagementError"}
"""Exceptions that no user meets as a message."""

CARRIERS = {"UnableToReadFile"}
"""Errors that only carry problems on: their messages are those of the problems, found by their codes."""


def code_places(modules: Iterable[Module]) -> dict[str, int]:
    """Functions, `.methods` and classes that take a `code` -> which argument it is."""
    found: dict[str, int] = {}
    for module in modules:
        for function in module.functions:
            names = [argument.arg for argument in function.args.args]
            method = names[:1] in (["self"], ["cls"])
            name, names = (f".{function.name}", names[1:]) if method else (function.name, names)
            found |= {name: names.index("code")} if "code" in names else {}
        for kind in module.of(ast.ClassDef):
            fields = [node.target for node in kind.body if isinstance(node, ast.AnnAssign)]
            names = [field.id for field in fields if isinstance(field, ast.Name)]
            found |= {kind.name: names.index("code")} if "code" in names else {}
    return found


def codes_in(module: Module, places: dict[str, int]) -> dict[str, str]:
    """Code of each kind of problem that the module tells -> where: given as an argument, or first in `Words`.

    A code that is put together, as in f"unknown_{one}", comes as a pattern: `unknown_*`.
    """
    given = [(call, code_given(call, places)) for call in module.of(ast.Call)]
    worded = [
        (node, node.value.elts[0])
        for function in module.functions
        if function.returns is not None and "Words" in ast.unparse(function.returns)
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple)
    ]
    found = {text: module.at(node) for node, code in (*given, *worded) for text in texts_of(code)}
    return {text: at for text, at in found.items() if re.fullmatch(r"[a-z_*]+", text)}


def texts_of(code: ast.expr | None) -> list[str]:
    """The texts that an expression may be; what an f-string puts in is a `*`."""
    match code:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.JoinedStr(values=parts):
            return ["".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in parts)]
        case ast.IfExp(body=body, orelse=other):
            return texts_of(body) + texts_of(other)
    return []


def code_given(call: ast.Call, places: dict[str, int]) -> ast.expr | None:
    """What the call gives as `code`; None where it gives none."""
    name = f".{call.func.attr}" if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in places:
        return None
    keyword = next((item.value for item in call.keywords if item.arg == "code"), None)
    return keyword or (call.args[places[name]] if len(call.args) > places[name] else None)


def errors_in(module: Module, carriers: set[str]) -> list[tuple[str, range, str]]:
    """(path, lines, code) of each place where an error of ours is made or raised."""
    return [
        (module.path, range(node.lineno, (node.end_lineno or node.lineno) + 1), ast.unparse(node))
        for node in module.of(ast.Raise, ast.Call)
        if is_error(node, carriers)
    ]


def is_error(node: ast.AST, carriers: set[str]) -> bool:
    """Whether the node raises something of ours, or makes an error to be raised elsewhere."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        return not is_error(node.exc, carriers) and called(node.exc) not in NOT_OURS | carriers
    if isinstance(node, ast.Call):
        if called(node) == "add_error":
            return any(isinstance(said, (ast.Constant, ast.JoinedStr)) for said in node.args[1:])
        ours = re.fullmatch(r"Misuse|UnableTo\w+|CountbackError", called(node))
        return called(node) not in carriers and bool(ours)
    return False


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    return ast.unparse(call.func).rpartition(".")[2]


def kept_in(module: Module) -> list[tuple[str, str, tuple[str, ...]]]:
    """(path, line, words) of each place where an error's parts are written down to be shown later, or said at once on
    the next page."""
    kept = [
        (node, node.values)
        for node in module.of(ast.Dict)
        if {text for key in node.keys for text in texts_of(key)} == {"what", "why", "remedy"}
    ]
    said = [
        (node, node.args[1:]) for node in module.of(ast.Call) if ast.unparse(node.func) == "messages.error"
    ]
    found = [
        (node, tuple(word for value in values for word in literal(value))) for node, values in (*kept, *said)
    ]
    return [(module.path, str(node.lineno), words) for node, words in found if words]


def literal(value: ast.expr) -> list[str]:
    """The parts of a text that stand in the code."""
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


@cache
def every_kept_error() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Every place where an error's parts are written down."""
    return tuple(found for module in sources() for found in kept_in(module))


@cache
def every_code() -> dict[str, str]:
    """Every kind of problem -> where it is told."""
    places = code_places(sources())
    return {code: at for module in sources() for code, at in codes_in(module, places).items()}


@cache
def every_error() -> tuple[tuple[str, range, str], ...]:
    """Every place where an error of ours is made or raised."""
    makers = {
        function.name
        for module in sources()
        for function in module.functions
        if function.returns is not None and ast.unparse(function.returns) in CARRIERS
    }
    return tuple(found for module in sources() for found in errors_in(module, CARRIERS | makers))
