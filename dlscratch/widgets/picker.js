// The page's half of Picker. Radio buttons of the browser: their arrow keys, focus and names for
// screen readers work as in any form.
function element(tag, parent, properties = {}) {
  return parent.appendChild(Object.assign(document.createElement(tag), properties));
}

function drawThumbnail(parent, { width, height, ink }) {
  const canvas = element("canvas", parent, { width, height });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(width, height);
  for (let k = 0; k < width * height; k++) pixels.data[4 * k + 3] = ink.getUint8(k);
  context.putImageData(pixels, 0, 0);
}

function render({ model, el }) {
  el.classList.add("picker");
  el.setAttribute("role", "radiogroup");
  el.setAttribute("aria-label", model.get("name"));
  const group = `picker ${Math.random()}`; // the browser keeps one button of a group checked

  function mark() {
    const inputs = el.querySelectorAll("input");
    if (inputs.length) inputs[model.get("index")].checked = true;
  }

  function show() {
    el.replaceChildren();
    model.get("options").forEach(({ text, name, picture }, k) => {
      const label = element("label", el);
      const input = element("input", label, { type: "radio", name: group });
      input.setAttribute("aria-label", name);
      // JupyterLab would move to another cell; it looks at the element with the focus first.
      input.setAttribute("data-lm-suppress-shortcuts", "true");
      input.onchange = () => {
        model.set("index", k);
        model.save_changes();
      };
      if (picture) drawThumbnail(label, picture);
      element("span", label, { textContent: text });
    });
    mark();
  }

  show();
  model.on("change:options", show);
  model.on("change:index", mark);
  return () => {
    model.off("change:options", show);
    model.off("change:index", mark);
  };
}

export default { render };
