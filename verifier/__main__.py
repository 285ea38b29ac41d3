"""Write ``backflush_verify.py``: ``python3 verifier`` after a change of its parts."""

import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILE = HERE / "backflush_verify.py"
PARTS = ("chain", "merkle")
#: Imports of the parts, which are in the same file then.
LOCAL = re.compile(r"^from (?:chain|merkle) import (?:\([^)]*\)|[^\n]*)\n", re.M)
#: Imports, and the text that opens a part.
IMPORT = re.compile(r"^(?:import|from) [^\n]*\n", re.M)
OPENING = re.compile(r'\A"""(.*?)"""\n', re.S)


def assemble():
    """Return the program's text."""
    parts = {name: _read(HERE.parent / "costing" / f"{name}.py") for name in PARTS}
    program = LOCAL.sub("", _read(HERE / "program.py"))
    imports, bodies = set(), []
    for name, text in parts.items():
        imports |= set(IMPORT.findall(text))
        body = IMPORT.sub("", OPENING.sub("", text)).strip("\n")
        if body.startswith(("def ", "class ")):
            body = f"\n{body}"
        opening = "\n".join(
            f"# {line}".rstrip() for line in OPENING.match(text)[1].splitlines()
        )
        bodies.append(f"# {name}.py {'-' * (80 - len(name))}\n#\n{opening}\n\n{body}\n")
    imports |= set(IMPORT.findall(program))
    opening = OPENING.match(program)[0]
    body = IMPORT.sub("", OPENING.sub("", program)).strip("\n")
    straight = sorted(line for line in imports if line.startswith("import"))
    other = sorted(imports - set(straight))
    text = "".join(("#!/usr/bin/env python3\n", opening, "\n", *straight, *other))
    program = f"# program {'-' * 76}\n\n{body}\n"
    return text + "\n" + "\n\n".join((*bodies, program))


def _read(file):
    return file.read_text(encoding="utf-8")


if __name__ == "__main__":
    FILE.write_text(assemble(), encoding="utf-8")
