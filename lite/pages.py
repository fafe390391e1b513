"""The site's pages: the first one, and each lesson with its results, to read."""

import base64
import os
import re
import struct
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.formatters import HtmlFormatter

HERE = Path(__file__).parent
TEMPLATES = Environment(loader=FileSystemLoader(HERE / "templates"), trim_blocks=True)
PICTURES = HERE / "pictures"  # of the widgets, from `make pictures`
EDITIONS = {"en": "", "ja": "ja/"}  # a language, and its folder in the site and in notebooks/
# What says nothing on a page: a progress bar, stored in its first state, and interact's sliders.
LIVE = re.compile(r"\d+%\|.*\[00:00<\?|^interactive\(")
CODE = re.compile(r'(<div class="highlight[^>]*><pre>)<span></span>(.*?)\n*</pre>', re.DOTALL)
UNCOLOURED = re.compile(r'<span class="[npw]">(.*?)</span>')
COLUMNS = re.compile(r"<pre>(?=\s*[^<\n]*\S {3,}\S[^<\n]*\n[^<\n]*\S)")  # in two lines or more
HEADING_OR_ANSWER = re.compile(
    r"<h[23][^>]*>(.*?)</h[23]>|<details><summary>(.*?)</summary>(.*?)</details>", re.DOTALL
)


def write_pages(site, notebooks):
    """Write the first page, and read/ with a page for each notebook, in each language.

    Parameters
    ----------
    site : Path
        The folder of the site.
    notebooks : Path
        The folder of the notebooks with their outputs; other languages are in its folders.
    """
    for language, folder in EDITIONS.items():
        lessons = [
            lesson(path, folder, PICTURES / language)
            for path in sorted((notebooks / folder).glob("*.ipynb"))
        ]
        others = {other: EDITIONS[other] for other in EDITIONS if other != language}
        shared = {
            "language": language,
            "folder": folder,
            "home": f"{folder}index.html#{language}",
            "lessons": lessons,
            "pictures": {key: img for one in lessons for key, img in one["pictures"].items()},
            "repository": os.environ.get("GITHUB_REPOSITORY"),  # OWNER/NAME, where GitHub builds
        }
        # The # keeps this choice, whatever the browser's language is.
        across = {other: f"{there}index.html#{other}" for other, there in others.items()}
        write(site, f"{folder}index.html", f"{language}.html", across=across, **shared)
        for one in lessons:
            across = {other: f"read/{there}{one['name']}.html" for other, there in others.items()}
            write(site, one["read"], "lesson.html", across=across, lesson=one, **shared)
        for img in shared["pictures"].values():
            file = site / "read" / folder / img["file"]
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(img["png"])
    (site / "read" / "style.css").write_text(style(), "utf-8")


def write(site, address, template, **values):
    """Write a page from its template."""
    page = site / address
    page.parent.mkdir(parents=True, exist_ok=True)
    top = "../" * address.count("/")  # the way from the page to the top of the site
    page.write_text(TEMPLATES.get_template(template).render(values, top=top), "utf-8")


def style():
    """Give the style of all pages: the colours of code, light and dark, and style.css."""
    light = HtmlFormatter(style="default").get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    return (
        f"@media print, not all and (prefers-color-scheme: dark) {{\n{light}\n}}\n"
        f"@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
        f"{(HERE / 'style.css').read_text('utf-8')}"
    )


def lesson(path, folder, widgets):
    """Describe a notebook: its addresses, title, minutes, what is learned, and its page."""
    notebook = nbformat.read(path, as_version=4)
    about = notebook.cells[0].source
    title, goals = re.match(r"# (.*)\n+((?:.*\n+)*?(?:- .*\n)+)", about).groups()
    title, book_title = re.fullmatch(r"(.*?)(?: \((.*)\))?", title).groups()
    pictures = take_pictures(notebook, widgets)
    number = path.stem.partition("_")[0]
    html, sections = number_sections(to_page(notebook))
    html = html.replace(f"({book_title})</h1>", f'(<span lang="ja">{book_title}</span>)</h1>')
    return {
        "name": path.stem,
        "number": number,
        "way_in": number.endswith(".0"),  # to the lessons, for who has not read the book so far
        "notebook": f"{folder}{path.name}",
        "read": f"read/{folder}{path.stem}.html",
        "title": title,
        "book_title": book_title,  # in Japanese; in the English edition only
        "minutes": int(re.search(r"\*\*(?:Time|時間).*?(\d+)", about)[1]),
        "goals": to_html(goals),
        "body": html,
        "sections": sections,
        "answers": find_answers(html),
        "pictures": pictures,
    }


def take_pictures(notebook, widgets):
    """Put files in the place of the notebook's pictures, and pictures in that of its widgets.

    Parameters
    ----------
    notebook : NotebookNode
        It is changed.
    widgets : Path
        The folder with the pictures of the widgets, named by the cells that show these.

    Returns
    -------
    dict
        By cell: each picture's file, bytes, width, height and description.
    """
    pictures = {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            continue
        if (widget := widgets / f"{cell.id}.png").exists():
            # The words that are stored for a widget begin with its name.
            cell.metadata.alt = re.split("[;。]", cell.outputs[0].data["text/plain"])[0]
            data = {"image/png": base64.b64encode(widget.read_bytes()).decode()}
            cell.outputs.insert(0, nbformat.v4.new_output("display_data", data))
        for output in cell.outputs:
            if png := base64.b64decode(output.get("data", {}).get("image/png", "")):
                width, height = struct.unpack(">II", png[16:24])
                key = f"{cell.id}-{len(pictures)}" if cell.id in pictures else cell.id
                file = f"pictures/{key}.png"
                size = {"width": width, "height": height}
                pictures[key] = {"file": file, "png": png, "alt": cell.metadata.alt} | size
                output.metadata |= {"filenames": {"image/png": file}, "image/png": size}
    return pictures


def to_page(notebook):
    """Convert a notebook to HTML, without what is live in it."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                output
                for output in cell.outputs
                if not LIVE.search(output.get("data", {}).get("text/plain", ""))
            ]
    exporter = HTMLExporter(template_name="basic", filters={"markdown2html": to_html})
    html = exporter.from_notebook_node(notebook)[0]
    html = re.sub(r'(href="[^":]+)\.ipynb"', r'\1.html"', html)  # links between the lessons
    html = html.replace("<img ", '<img loading="lazy" decoding="async" ')
    html = COLUMNS.sub('<pre class="columns" tabindex="0">', html)  # scrolls, also by keyboard
    return CODE.sub(indent_what_goes_on, html)


def indent_what_goes_on(code):
    """Make each line of code a block, so that the rest of a long line stands further in."""
    start, lines = code[1], UNCOLOURED.sub(r"\1", code[2]).split("\n")
    depths = [len(re.match("(?:<[^>]*>)?( *)", line)[1]) for line in lines]
    blocks = [
        f'<span class="line" style="--in: {depth}">{line}\n</span>'
        for depth, line in zip(depths, lines, strict=True)
    ]
    return f"{start}{''.join(blocks)}</pre>"


def number_sections(html):
    """Give each section its number, for a list of contents; and give their headings."""
    before, *parts = html.split("<h2>")
    numbered = [f'<h2 id="section-{k}">{part}' for k, part in enumerate(parts, 1)]
    return before + "".join(numbered), [part.partition("</h2>")[0] for part in parts]


def find_answers(html):
    """Give what is folded in a page, with the headings above: for the end of the printed one."""
    answers, above = [], ""
    for heading, name, answer in HEADING_OR_ANSWER.findall(html):
        above = heading or above
        if answer:
            answers.append({"heading": above, "name": name, "html": answer})
    return answers


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
