"""Write the protocol between Python and the browser as TypeScript.

Run `python scripts/generate_protocol.py` after a change of the modules in
`legnext_widgets/widgets/kernel/protocol`, and commit `js/src/ui/protocol/generated.ts`. A test in
`tests/protocol` fails when that file is out of date.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
import types
from pathlib import Path
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    TypeAlias,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

PROJECT = Path(__file__).resolve().parent.parent
TARGET = PROJECT / "js" / "src" / "ui" / "protocol" / "generated.ts"

HEADER = """\
/**
 * The traits and messages that Python and the browser exchange, as they are on the wire.
 * Written by `scripts/generate_protocol.py` from the modules in
 * `legnext_widgets/widgets/kernel/protocol`. Do not edit: change those modules and run the script.
 */
"""
LINE = 100
"""Columns of the front end's formatter."""

Hint: TypeAlias = Any
"""A class, a union, a literal: typing has no name for all of them."""

_UNIONS = (Literal, Union, types.UnionType)
_PRIMITIVES = {str: "string", bool: "boolean", int: "number", float: "number", object: "unknown"}


def typescript(*modules: types.ModuleType) -> str:
    """Return the declarations of modules as TypeScript. Pure.

    Literals become unions, `TypedDict`s interfaces, unions of those unions, and constants
    constants, in their order.
    """
    names = {
        value: name
        for module in modules
        for name, value in vars(module).items()
        if _origin(value) in _UNIONS
    }
    parts: dict[str, str] = {}
    for module in modules:
        # A name that a module imports from an earlier one is declared there.
        parts |= {
            name: part
            for name, part in _declarations(module, names).items()
            if part and name not in parts
        }
    return "\n\n".join([HEADER.rstrip(), *parts.values()]) + "\n"


def _declarations(module: types.ModuleType, names: dict[Hint, str]) -> dict[str, str]:
    constants = get_type_hints(module)
    parts: dict[str, str] = {}
    for name, value in vars(module).items():
        if is_typeddict(value):
            parts[name] = _interface(name, value, names)
            if name == "Inputs":
                parts["Field"] = "export type Field = keyof Inputs;"
        elif _origin(value) in _UNIONS:
            parts[name] = _fold(f"export type {name} =", _members(value, names))
        elif name in constants and isinstance(value, dict):
            kind = constants[name].__name__
            parts[name] = f"export const {name}: Readonly<{kind}> = {_literal(value)};"
        elif name.isupper() and isinstance(value, int):
            parts[name] = _constant(name, value, module)
    return parts


def _origin(hint: Hint) -> object:
    return get_origin(hint)


def _interface(name: str, declared: Hint, names: dict[Hint, str]) -> str:
    hints = get_type_hints(declared, include_extras=True)
    lines = [_comment(inspect.getdoc(declared) or "", "")]
    lines.append(f"export interface {name} {{")
    for field, hint in hints.items():
        optional = _origin(hint) is NotRequired
        kind, note = _unwrapped(get_args(hint)[0] if optional else hint)
        if note:
            lines.append(_comment(note, "  "))
        mark = "?" if optional else ""
        lines.append(_fold(f"  {field}{mark}:", [_type(kind, names)]))
    lines.append("}")
    return "\n".join(line for line in lines if line)


def _unwrapped(hint: Hint) -> tuple[Hint, str]:
    if _origin(hint) is Annotated:
        kind, note = get_args(hint)
        return kind, note
    return hint, ""


def _type(hint: Hint, names: dict[Hint, str]) -> str:
    origin, arguments = _origin(hint), get_args(hint)
    if origin in _UNIONS and hint in names:
        return names[hint]
    if origin is list:
        return f"readonly {_type(arguments[0], names)}[]"
    if origin is dict:
        return f"Readonly<Record<string, {_type(arguments[1], names)}>>"
    if origin in _UNIONS:
        return " | ".join(_members(hint, names))
    if hint is type(None):
        return "null"
    return _PRIMITIVES.get(hint) or hint.__name__


def _members(hint: Hint, names: dict[Hint, str]) -> list[str]:
    if _origin(hint) is Literal:
        return [json.dumps(choice) for choice in get_args(hint)]
    return [_type(choice, names) for choice in get_args(hint)]


def _constant(name: str, value: int, module: types.ModuleType) -> str:
    note = re.search(rf'(?ms)^{name} = [^\n]*\n"""(.*?)"""', inspect.getsource(module))
    if note is None:
        return ""
    return f"{_comment(note[1], '')}\nexport const {name} = {value:_};"


def _literal(value: dict[str, Any]) -> str:
    lines = [f"  {name}: {json.dumps(entry)}," for name, entry in value.items()]
    return "{\n" + "\n".join(lines) + "\n}"


def _comment(text: str, indent: str) -> str:
    words = text.replace("None", "Null").split()
    line = " ".join(words)
    if not line:
        return ""
    if len(indent) + len(line) + 7 <= LINE:
        return f"{indent}/** {line} */"
    lines, current = [], f"{indent} *"
    for word in words:
        if len(current) + 1 + len(word) > LINE:
            lines.append(current)
            current = f"{indent} *"
        current += f" {word}"
    return "\n".join([f"{indent}/**", *lines, current, f"{indent} */"])


def _fold(head: str, members: list[str]) -> str:
    line = f"{head} {' | '.join(members)};"
    if len(line) <= LINE:
        return line
    return head + "".join(f"\n  | {member}" for member in members) + ";"


def main() -> int:
    """Write the file; with `--check` only say whether it is up to date."""
    sys.path.insert(0, str(PROJECT))
    from legnext_widgets.widgets.kernel.protocol import (
        comm_messages,
        comm_requests,
        job_values,
        traits,
    )

    text = typescript(job_values, traits, comm_messages, comm_requests)
    if "--check" in sys.argv[1:]:
        return int(TARGET.read_text(encoding="utf-8") != text)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
