"""The site's pages: the first one, and each lesson with its results, to read."""

import base64
import os
import re
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.formatters import HtmlFormatter

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), trim_blocks=True
)
PICTURES = Path(__file__).parent / "pictures"  # of the widgets, from `make pictures`
PROGRESS_BAR = re.compile(r"\d+%\|.*/s")  # stored in its first state


def write_pages(site, notebooks):
    """Write index.html, and read/ with a page for each notebook.

    Parameters
    ----------
    site : Path
        The folder of the site.
    notebooks : Path
        The folder of the notebooks with their outputs; other languages are in its folders.
    """
    lessons = {
        edition: [
            lesson(path, notebooks, PICTURES / edition)
            for path in sorted((notebooks / folder).glob("*.ipynb"))
        ]
        for edition, folder in [("en", ""), ("ja", "ja")]
    }
    for edition, of_edition in lessons.items():
        for one in of_edition:
            page = site / one["read"]
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(
                TEMPLATES.get_template("lesson.html").render(
                    lesson=one, lessons=of_edition, language=edition, top=up_from(one["read"])
                ),
                "utf-8",
            )
    first = TEMPLATES.get_template("index.html").render(
        lessons={"en": lessons["en"], "ja": lessons["ja"] or lessons["en"]},
        repository=os.environ.get("GITHUB_REPOSITORY"),  # OWNER/NAME, where GitHub builds
    )
    (site / "index.html").write_text(first, "utf-8")
    style = HtmlFormatter().get_style_defs(".highlight")
    (site / "read" / "code.css").write_text(style, "utf-8")
    (site / "read" / "style.css").write_bytes((Path(__file__).parent / "style.css").read_bytes())


def lesson(path, notebooks, pictures):
    """Describe a notebook: its address in the site, its title, what is learned, and its page."""
    notebook = nbformat.read(path, as_version=4)
    name = path.relative_to(notebooks)
    about = notebook.cells[0].source
    title, goals = re.match(r"# (.*)\n+((?:.*\n+)*?(?:- .*\n)+)", about).groups()
    return {
        "notebook": name.as_posix(),
        "read": (Path("read") / name.with_suffix(".html")).as_posix(),
        "title": title,
        "goals": to_html(goals),
        "body": body(notebook, pictures),
    }


def body(notebook, pictures):
    """Convert a notebook to HTML, with pictures of its widgets and without its progress bars."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                output
                for output in cell.outputs
                if not PROGRESS_BAR.search(output.get("data", {}).get("text/plain", ""))
            ]
            if (picture := pictures / f"{cell.id}.png").exists():
                cell.outputs.insert(0, picture_of(cell, picture))
    exporter = HTMLExporter(template_name="basic", filters={"markdown2html": to_html})
    html = exporter.from_notebook_node(notebook)[0]
    return re.sub(r'(href="[^":]+)\.ipynb"', r'\1.html"', html)  # links between the lessons


def picture_of(cell, picture):
    """Make an output of the picture of a widget; the words that are stored for it name it."""
    words = re.split("[;。]", cell.outputs[0].data["text/plain"])[0]
    data = {"image/png": base64.b64encode(picture.read_bytes()).decode()}
    return nbformat.v4.new_output("display_data", data, metadata={"image/png": {"alt": words}})


def to_html(text):
    """Convert Markdown to HTML, and its formulas to MathML: no program has to draw them."""
    renderer = Renderer(escape=False, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(text)


class Renderer(IPythonRenderer):
    """Draws formulas as MathML."""

    def inline_math(self, body):
        """Convert a formula in a line."""
        return convert(body)

    def block_math(self, body):
        """Convert a formula on its own."""
        return convert(body, display="block")


def up_from(address):
    """Give the way from a page to the top of the site."""
    return "../" * address.count("/")
