// The page's half of Picker. Radio buttons of the browser: their arrow keys, focus and names for
// screen readers work as in any form.

const PATIENCE = 500; // milliseconds of drawing, until the page says so

function row(parent, name, options, choose) {
  parent.replaceChildren();
  parent.setAttribute("role", "radiogroup");
  parent.setAttribute("aria-label", name);
  const group = `picker ${Math.random()}`; // the browser keeps one button of a group checked
  const inputs = options.map(({ text, name = text, picture }, k) => {
    const label = element("label", parent);
    const input = element("input", label, { type: "radio", name: group });
    input.setAttribute("aria-label", name);
    input.onchange = () => choose(k);
    if (picture) {
      const { width, height, ink } = picture;
      drawInk(element("canvas", label, { className: "paper", width, height }), ink);
    }
    element("span", label, { textContent: text });
    return input;
  });
  return (k) => inputs.length && (inputs[k].checked = true);
}

function render({ model, el }) {
  el.classList.add("dlscratch", "picker");
  const words = model.get("words"), lists = model.get("lists");
  const choices = element("div", el);
  const kinds = element("div", choices), things = element("div", choices);
  const said = element("p", el);
  said.setAttribute("role", "status"); // read aloud when it changes
  const pictures = element("div", el, { className: "pictures" });

  let drawing;
  const choose = (list, k) => {
    model.set("chosen", [list, k]);
    model.save_changes();
    kernel.ask();
    clearTimeout(drawing);
    drawing = setTimeout(() => {
      if (String(model.get("view").chosen) === String(model.get("chosen"))) return;
      said.textContent = words.drawing;
      pictures.classList.add("old");
    }, PATIENCE);
  };

  const kinds_of = (list) => choose(list, 0);
  const mark_kind = lists.length > 1 ? row(kinds, words.names[0], lists, kinds_of) : () => {};
  let offered, mark;
  const show_chosen = () => {
    const [list, k] = model.get("chosen");
    if (list !== offered) {
      const { options } = lists[(offered = list)];
      mark = row(things, words.names.at(-1), options, (n) => choose(list, n));
    }
    mark_kind(list);
    mark(k);
  };
  const show_view = () => {
    const view = model.get("view");
    said.textContent = view.said;
    pictures.classList.remove("old");
    while (pictures.children.length > view.pictures.length) pictures.lastChild.remove();
    view.pictures.forEach(({ png, alt }, k) => {
      const image = pictures.children[k] ?? element("img", pictures);
      image.alt = alt;
      showPng(image, png);
    });
  };
  show_chosen();
  show_view();
  model.on("change:chosen", show_chosen);
  model.on("change:view", show_view);
  const kernel = kernelOf(model, el, [choices]);
  kernel.ask();
  return () => {
    kernel.stop();
    clearTimeout(drawing);
    model.off("change:chosen", show_chosen);
    model.off("change:view", show_view);
  };
}

export default { render };
