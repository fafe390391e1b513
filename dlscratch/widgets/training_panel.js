// What only the page can do for the training panel: fill the clipboard, and say that it is there.
const SPEAK = 2000; // milliseconds between two words to a kernel that trains

export default {
  render({ model, el }) {
    const button = document.createElement("button");
    button.className = "jupyter-widgets jupyter-button widget-button";
    button.style.width = "auto";
    button.textContent = "Copy as code";
    button.title = "Copy the lines that reproduce this run exactly, for a cell of your own.";
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    said.style.marginLeft = "1em";
    const lines = document.createElement("pre");
    lines.tabIndex = 0;
    lines.hidden = true;
    button.onclick = async () => {
      lines.textContent = model.get("code");
      lines.hidden = false;
      try {
        await navigator.clipboard.writeText(lines.textContent);
        said.textContent = "Copied. Paste it into a cell.";
      } catch {
        getSelection().selectAllChildren(lines);
        said.textContent = "The lines are selected: press Ctrl+C (Cmd+C on a Mac).";
      }
    };
    el.append(button, said, lines);

    const speak = setInterval(() => model.get("training") && model.send("here"), SPEAK);
    return () => {
      clearInterval(speak);
      model.send("gone");
    };
  },
};
