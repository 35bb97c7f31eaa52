"""What of the project's code nothing would use any more without one package."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Definition(NamedTuple):
    """A function, class or constant, and the names that its own code uses."""

    path: Path
    name: str
    uses: Counter[str]


def unused_without(package: Path, others: list[Path]) -> list[Definition]:
    """Return the definitions in `others` that are used by the package, or by each other, and by nothing else.

    Names are compared without their owners, so what shares its name with something in use is left out.
    """
    sources = [path for other in others for path in other.rglob("*.py") if "migrations" not in path.parts]
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources}
    left = sum((_names_used(tree) for tree in trees.values()), Counter[str]())
    wanted = sum((_names_used(ast.parse(path.read_text())) for path in package.rglob("*.py")), Counter[str]())
    kept = [definition for path, tree in trees.items() for definition in _definitions(path, tree)]
    unused: list[Definition] = []
    while found := [one for one in kept if wanted[one.name] and not left[one.name]]:
        unused += found
        kept = [one for one in kept if one not in found]
        for one in found:
            left -= one.uses
            wanted += one.uses
    return unused


def _definitions(path: Path, tree: ast.Module) -> Iterator[Definition]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield Definition(path, name, _names_used(node))
            case ast.Assign(targets=[ast.Name(id=name)]) if name.isupper():
                yield Definition(path, name, _names_used(node))


def _names_used(tree: ast.AST) -> Counter[str]:
    """Count names that are read, imported, passed or quoted; a method that calls the one it overrides uses nothing."""
    used: Counter[str] = Counter()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super"))):
                pass
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                used[name] += 1
            case ast.alias(name=name) | ast.Constant(value=str(name)):
                # Django's settings name classes by their path.
                used[name.rpartition(".")[2]] += 1
    return used
