"""What a client of one description of the API would miss in a later one.

`python -m tests.project.compatibility docs/releases/openapi-1.0.0.yaml docs/openapi.yaml` names every breaking change.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.openapi_documents import read

Part = dict[str, Any]
# A value may hold its own kind; so many fields within fields are looked at.
DEEPEST = 20
METHODS = ("get", "put", "post", "delete", "patch")
# Bounds that refuse what was taken before when they fall, and when they rise.
CEILINGS, FLOORS = ("maxLength", "maxItems", "maximum"), ("minLength", "minItems", "minimum")


def breaking(old: Part, new: Part) -> list[str]:
    """Every change that a client made for the old description may stumble over, in words."""
    return list(Comparison(old, new).changes())


class Comparison:
    """Two descriptions side by side. Whatever is only added, an answer may have and a client ignores."""

    def __init__(self, old: Part, new: Part) -> None:
        self.old, self.new = old, new

    def changes(self) -> Iterator[str]:
        """Operation by operation."""
        for path, item in self.old["paths"].items():
            for method in sorted(item.keys() & set(METHODS)):
                name = f"{method.upper()} {path}"
                found = self.new["paths"].get(path, {}).get(method)
                yield from self.operation(name, item[method], found) if found else [f"{name} is gone"]

    def operation(self, name: str, old: Part, new: Part) -> Iterator[str]:
        """What a request needs may only shrink, what a response has may only grow."""
        if new.get("security") and not old.get("security"):
            yield f"{name} needs a login now"
        yield from self.parameters(name, old.get("parameters", []), new.get("parameters", []))
        yield from self.bodies(f"{name} takes", old.get("requestBody", {}), new.get("requestBody", {}), is_sent=True)
        if new.get("requestBody", {}).get("required") and not old.get("requestBody", {}).get("required"):
            yield f"{name} needs a body now"
        for status, answer in old["responses"].items():
            if status not in new["responses"]:
                yield f"{name} does not answer {status} any more"
            else:
                yield from self.bodies(f"{name} answers {status}", answer, new["responses"][status], is_sent=False)

    def parameters(self, name: str, old: list[Part], new: list[Part]) -> Iterator[str]:
        """An unknown parameter is refused, so one that is gone breaks its senders."""
        before, after = ({(one["in"], one["name"]): one for one in side} for side in (old, new))
        for key in sorted(before.keys() - after.keys()):
            yield f"{name} does not know the parameter {key[1]} any more"
        for key, parameter in after.items():
            if parameter.get("required") and not before.get(key, {}).get("required"):
                yield f"{name} needs the parameter {key[1]} now"
            if key in before:
                schemas = before[key].get("schema", {}), parameter.get("schema", {})
                yield from self.schemas(f"{name} {key[1]}", *schemas, is_sent=True)

    def bodies(self, name: str, old: Part, new: Part, *, is_sent: bool) -> Iterator[str]:
        """Each type of content by itself."""
        for kind, content in old.get("content", {}).items():
            if kind not in new.get("content", {}):
                yield f"{name} no {kind} any more"
            else:
                after = new["content"][kind].get("schema", {})
                yield from self.schemas(f"{name}:", content.get("schema", {}), after, is_sent=is_sent)

    def schemas(self, name: str, old: Part, new: Part, *, is_sent: bool) -> Iterator[str]:
        """One value and all that is in it."""
        old, new = resolved(old, self.old), resolved(new, self.new)
        if name.count(" ") > DEEPEST:
            return
        yield from values(name, old, new, is_sent)
        yield from self.fields(name, old, new, is_sent=is_sent)
        if "items" in old and "items" in new:
            yield from self.schemas(f"{name}[]", old["items"], new["items"], is_sent=is_sent)

    def fields(self, name: str, old: Part, new: Part, *, is_sent: bool) -> Iterator[str]:
        """The fields of an object."""
        before, after = old.get("properties", {}), new.get("properties", {})
        needed, needed_now = set(old.get("required", ())), set(new.get("required", ()))
        yield from (f"{name} {field} is gone" for field in sorted(before.keys() - after.keys()))
        if is_sent:
            yield from (f"{name} {field} is required now" for field in sorted(needed_now - needed))
        else:
            yield from (f"{name} {field} may be missing now" for field in sorted((needed - needed_now) & after.keys()))
        for field in sorted(before.keys() & after.keys()):
            yield from self.schemas(f"{name} {field}", before[field], after[field], is_sent=is_sent)


def resolved(schema: Part, document: Part) -> Part:
    """The schema itself: references followed, what stands alone in `allOf` taken out, null as in OpenAPI 3.0."""
    schema = without_null(schema)
    while "$ref" in schema or len(schema.get("allOf", ())) == 1:
        beside = {name: part for name, part in schema.items() if name not in ("$ref", "allOf")}
        inner = schema["allOf"][0] if "allOf" in schema else part_at(schema["$ref"], document)
        schema = without_null({**inner, **beside} if beside else inner)
    return schema


def without_null(schema: Part) -> Part:
    """A schema of OpenAPI 3.1 that may be null, as in 3.0: `nullable` beside the one thing it is otherwise."""
    if isinstance(kinds := schema.get("type"), list) and "null" in kinds:
        (kind,) = [kind for kind in kinds if kind != "null"]
        return schema | {"type": kind, "nullable": True}
    choices = schema.get("oneOf", ())
    if {"type": "null"} in choices:
        (choice,) = [choice for choice in choices if choice != {"type": "null"}]
        beside = {name: part for name, part in schema.items() if name != "oneOf"}
        plain: Part = beside | choice | {"nullable": True}
        return plain
    return schema


def part_at(reference: str, document: Part) -> Part:
    """What a reference within the document points to."""
    part: Any = document
    for step in reference.removeprefix("#/").split("/"):
        part = part[step]
    found: Part = part
    return found


def values(name: str, old: Part, new: Part, is_sent: bool) -> Iterator[str]:
    """What a value may be: its type, its list of values, null, and bounds on what is sent."""
    before, after = old.get("type"), new.get("type")
    # A client that sends whole numbers may go on where any are taken; one that reads any reads whole ones.
    harmless = ("integer", "number") if is_sent else ("number", "integer")
    if before != after and (before, after) != harmless:
        yield f"{name} was {before} and is {after}"
    if old.get("format") != new.get("format"):
        yield f"{name} had the format {old.get('format')} and has {new.get('format')}"
    if gone := [value for value in old.get("enum", ()) if value not in new.get("enum", (value,))]:
        yield f"{name} is never {', '.join(map(str, gone))} any more"
    if is_sent:
        yield from narrowed(name, old, new)
    if bool(old.get("nullable")) != bool(new.get("nullable")) and bool(old.get("nullable")) == is_sent:
        yield f"{name} may not be null any more" if is_sent else f"{name} may be null now"


def narrowed(name: str, old: Part, new: Part) -> Iterator[str]:
    """Bounds that refuse now what they took before."""
    if "enum" in new and "enum" not in old:
        yield f"{name} takes only some values now"
    if new.get("pattern", old.get("pattern")) != old.get("pattern"):
        yield f"{name} has another pattern"
    for bound in CEILINGS:
        if bound in new and new[bound] < old.get(bound, float("inf")):
            yield f"{name} {bound} fell to {new[bound]}"
    for bound in FLOORS:
        if bound in new and new[bound] > old.get(bound, float("-inf")):
            yield f"{name} {bound} rose to {new[bound]}"


def main(old: str, new: str) -> int:
    """Print what breaks; 1 if anything does."""
    found = breaking(*(read(Path(name)) for name in (old, new)))
    sys.stdout.write(("\n".join(found) or "Nothing breaks.") + "\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
