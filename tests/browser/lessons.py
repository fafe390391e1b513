"""What a learner does and sees in a notebook of the browser edition, in any browser."""

import re

from waiting import until

HARMLESS = re.compile("using kernel python that matches language|is duplicated")  # JupyterLite's
IS_OPEN = """async () => {
    await window.jupyterapp?.restored;
    const notebook = window.jupyterapp?.shell.currentWidget;
    await notebook?.context?.ready;
    await notebook?.sessionContext?.ready;
    return Boolean(notebook?.sessionContext?.session);
}"""
RUN = """command => {
    window.ran = false;
    window.jupyterapp.commands.execute(command).then(() => (window.ran = true));
    return true;
}"""
NEW_CELL = """async source => {
    const { commands, shell } = window.jupyterapp;
    const notebook = shell.currentWidget.content;
    notebook.activeCellIndex = notebook.widgets.length - 1;
    await commands.execute('notebook:insert-cell-below');
    notebook.activeCell.model.sharedModel.setSource(source);
}"""
CODE_CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code')
    .map(cell => ({ count: cell.model.executionCount, outputs: cell.model.outputs.toJSON() }))"""


def open_lesson(page, address):
    """Open a page that is a notebook or leads to one, and wait for the notebook's kernel."""
    page.goto(address)
    wait_for_kernel(page)


def wait_for_kernel(page):
    """Wait until the page is a notebook with a kernel."""
    until(lambda: page.evaluate(IS_OPEN), page)


def run(page, command):
    """Run a command of JupyterLab to its end; give every code cell with its outputs."""
    page.evaluate(RUN, command)
    until(lambda: page.evaluate("window.ran"), page)
    return page.evaluate(CODE_CELLS)


def run_new_cell(page, source):
    """Run a cell below all others; give what it printed."""
    page.evaluate(NEW_CELL, source)
    outputs = run(page, "notebook:run-cell")[-1]["outputs"]
    assert wrong(outputs) == []
    return "".join(output["text"] for output in outputs if output["output_type"] == "stream")


def wrong(outputs):
    """Give the outputs that are errors or warnings."""
    return [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]


def note_complaints(page, complaints):
    """Note every error and warning of a page of Playwright's in this list."""

    def note(said):
        if said.type in ("error", "warning"):
            complaints.append(said.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
