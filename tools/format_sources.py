"""Format the code in the lessons' sources with ruff: ``python -m tools.format_sources``."""

import re
import subprocess
import sys
from pathlib import Path

SOURCES = Path(__file__).resolve().parent.parent / "notebooks" / "source"
CODE_CELL = re.compile(
    r"^(?P<opening>```\{code-cell\}\n(?:---\n.*?^---\n)?)(?P<code>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


def formatted(code):
    """Return one cell's code as ruff writes it; code that does not parse stays as it is."""
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename=cell.ipy.py", "-"]
    run = subprocess.run(command, input=code, capture_output=True, text=True, encoding="utf-8")
    return run.stdout if run.returncode == 0 else code


def main():
    """Rewrite each source whose code changes, and name it."""
    for path in sorted(SOURCES.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        new = CODE_CELL.sub(lambda cell: f"{cell['opening']}{formatted(cell['code'])}```", text)
        if new != text:
            path.write_text(new, encoding="utf-8", newline="\n")
            print(f"formatted {path.name}")


if __name__ == "__main__":
    main()
