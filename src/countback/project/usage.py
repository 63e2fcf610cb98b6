"""Wrong use of the command line, said like every other error: what did not happen, why, what to do."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from countback.core.problem import Misuse


def reworded(error: Any) -> Misuse:
    """A usage error of the parser as Misuse. Its kind is told by name: the parser's own module is private."""
    command = _path(error)
    what = f"`{command}` was not run"
    match type(error).__name__:
        case "NoSuchOption":
            return Misuse(what, f"it has no option {error.option_name}", _option_remedy(error, command))
        case "MissingParameter":
            name = _name(error)
            return Misuse(what, f"{name} is missing", f"add it, as `{command} --help` says")
        case "BadOptionUsage":
            return Misuse(
                what, f"{error.option_name} was given without a value", f"add it, as `{command} --help` says"
            )
        case "BadParameter":
            return Misuse(
                what, f"{_name(error)}: {_plainly(error.message)}", f"write it as `{command} --help` says"
            )
    return _reworded_by_message(error, what, command)


def _reworded_by_message(error: Any, what: str, command: str) -> Misuse:
    message = error.format_message()
    unknown = re.match(r"No such command '(.*?)'\.", message, re.DOTALL)
    if unknown:
        remedy = _command_remedy(error, unknown[1])
        return Misuse(f"`{command} {unknown[1]}` was not run", "there is no such command", remedy)
    if message.startswith("Missing command"):
        return Misuse(what, "no command was named", f"name one of {', '.join(error.ctx.command.commands)}")
    extra = re.match(r"Got unexpected extra argument\S* \((.*)\)", message, re.DOTALL)
    if extra:
        remedy = "leave it out, or quote a name that holds blanks"
        return Misuse(what, f"it takes no further argument: {extra[1]}", remedy)
    return Misuse(what, _plainly(message), f"see `{command} --help`")


def _path(error: Any) -> str:
    return error.ctx.command_path if getattr(error, "ctx", None) is not None else "countback"


def _name(error: Any) -> str:
    """The option or argument that the error is about."""
    parameter = error.param
    if parameter is None:
        return "a value"
    if parameter.param_type_name == "argument":
        return str(parameter.display_name_raw)
    return str(max(parameter.opts, key=len))


def _plainly(message: str) -> str:
    text = " ".join(message.split()).rstrip(".").removeprefix("Value error, ")
    text = re.sub(r"^Input should be a valid integer.*", "it takes a whole number", text)
    return text[:1].lower() + text[1:]


def _option_remedy(error: Any, command: str) -> str:
    known = [
        option
        for parameter in error.ctx.command.params
        for option in parameter.opts
        if option.startswith("--")
    ]
    near = get_close_matches(error.option_name, known, 1, 0.5)
    return f"did you mean {near[0]}" if near else f"`{command} --help` lists its options"


def _command_remedy(error: Any, asked: str) -> str:
    known = list(error.ctx.command.commands)
    near = get_close_matches(asked, known, 1, 0.5)
    return f"did you mean {near[0]}" if near else f"use one of {', '.join(known)}"
