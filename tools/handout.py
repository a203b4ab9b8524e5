"""Handouts: a lesson's predictions, exercises and the picture to keep, on a few pages."""

import html
import re
import subprocess
import tempfile
from pathlib import Path

from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat import NotebookNode

from course_lib.exercises import exercises
from tools.teaching import CHECK, TAG
from tools.variables import chromium, is_root

PREDICTION = re.compile(r"^> \*\*Predict\.\*\*.*(?:\n>.*)*", re.MULTILINE)
ROOM = "\n" * 8  # lines to write in
PICTURE = re.compile(r"<img\b[^>]*>")
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
@page {{ size: A4; margin: 13mm; }}
body {{ font: 9.5pt/1.3 sans-serif; color: #111; max-width: 184mm; margin: auto; }}
h1 {{ font-size: 16pt; margin: 0; }} h2 {{ font-size: 12pt; margin: 3mm 0 1.5mm; }}
h2 {{ break-after: avoid; }}
.ask, pre, figure {{ break-inside: avoid; }}
.asks {{ columns: 2; column-gap: 8mm; }}
.ask {{ border-bottom: 1px dotted #777; padding-bottom: 6mm; margin-bottom: 2mm; }}
.ask p, .ask ol {{ margin: 0; }}
pre {{ border: 1px solid #bbb; padding: 2mm; margin: 0 0 2mm; font-size: 8pt;
       white-space: pre-wrap; }}
figure {{ margin: 0; }}
.afterwards {{ break-before: page; }}
img {{ display: block; max-width: 100%; max-height: 85mm; margin: auto; }}
</style></head><body>
<h1>{title}</h1>
<h2>Predict before you run</h2><div class="asks">{questions}</div>
<h2>Write</h2><div class="asks">{stubs}</div>
<h2 class="afterwards">The picture to keep (hand out afterwards)</h2><figure>{picture}</figure>
</body></html>
"""


def with_math(text: str) -> str:
    """Return nbconvert's HTML with its TeX as MathML, which browsers can draw."""
    from latex2mathml.converter import convert  # comes with the extra "publish"

    def formula(found):
        block, line = found[1], found[2]
        return convert(html.unescape(block or line), display="block" if block else "inline")

    return re.sub(r"\$\$(.+?)\$\$|\$(.+?)\$", formula, text, flags=re.DOTALL)


def questions(edition: NotebookNode) -> list[str]:
    """Return the predictions of a lesson as HTML, in order."""
    return [question for cell in edition.cells for question in questions_of(cell)]


def questions_of(cell: NotebookNode) -> list[str]:
    """Return the predictions that a text asks for, or that a card of `predict` shows."""
    if cell.cell_type == "markdown":
        quotes = (
            re.sub(r"(?m)^> ?", "", match[0]) for match in PREDICTION.finditer(cell.source)
        )
        texts = [quote.removeprefix("**Predict.**").strip() for quote in quotes]
        return [with_math(markdown2html_mistune(text)) for text in texts]
    if not cell.source.startswith("predict("):
        return []
    pages = [output.get("data", {}).get("text/html", "") for output in cell.outputs]
    # what came out is folded at its end
    shown = ("".join(page).partition("<details")[0] for page in pages)
    return [page.replace("<strong>Predict.</strong>", "") for page in shown if page]


def stubs(edition: NotebookNode) -> list[str]:
    """Return the stubs of a lesson's exercises, in order."""
    names = [CHECK.search(cell.source) for cell in edition.cells if cell.cell_type == "code"]
    return [exercises()[name[1]].stub for name in names if name and name[1] in exercises()]


def picture(edition: NotebookNode) -> str:
    """Return the first picture after the note that names the one to keep, else the last one."""
    is_named, last = False, ""
    for cell in edition.cells:
        is_named |= TAG in cell.metadata.get("tags", ()) and "**Keep:**" in cell.source
        for output in cell.get("outputs", ()):
            if found := PICTURE.search("".join(output.get("data", {}).get("text/html", ""))):
                if is_named:
                    return found[0]
                last = found[0]
    return last


def page(edition: NotebookNode) -> str:
    """Return the handout of a lesson's edition as a page of HTML that needs no other file."""
    title = edition.cells[0].source.partition("\n")[0].removeprefix("# ")
    return PAGE.format(
        title=html.escape(title),
        questions="".join(f'<div class="ask">{text}</div>' for text in questions(edition)),
        stubs="".join(f"<pre>{html.escape(stub)}{ROOM}</pre>" for stub in stubs(edition)),
        picture=picture(edition),
    )


def write_page(edition: NotebookNode, folder: Path) -> Path:
    """Write a lesson's handout into a folder and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{edition.metadata.course.lesson}.html"
    path.write_text(page(edition), encoding="utf-8")
    return path


def print_pages(paths: list[Path]) -> str:
    """Print pages to PDF beside them, with a browser if there is one; say what there is now."""
    if not (program := chromium()):
        return "handouts as HTML (no Chromium or Chrome is here to make PDF of them)"
    flags = ["--headless", "--disable-gpu", *(["--no-sandbox"] if is_root() else [])]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for number, path in enumerate(paths, 1):
            print(f"Printing handout {number} of {len(paths)}", flush=True)
            target = f"--print-to-pdf={path.with_suffix('.pdf')}"
            command = [program, *flags, f"--user-data-dir={profile}", "--no-pdf-header-footer"]
            printed = subprocess.run([*command, target, path.as_uri()], capture_output=True)
            if printed.returncode:
                return f"handouts as HTML ({program} could not print {path.name})"
    return "handouts as PDF"
