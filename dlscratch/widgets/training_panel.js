// The page's half of TrainingPanel: it shows what the kernel says, and passes presses on.

function element(tag, parent, properties = {}) {
  return parent.appendChild(Object.assign(document.createElement(tag), properties));
}

// A row for each setting: a slider, or buttons of which one is chosen.
function control(model, parent, [name, label, tooltip, choices, written]) {
  const choose = (k) => {
    model.set("settings", { ...model.get("settings"), [name]: choices[k] });
    model.save_changes();
  };
  const chosen = () => choices.indexOf(model.get("settings")[name]);
  if (typeof choices[0] === "string") {
    const row = element("div", parent, { title: tooltip });
    row.setAttribute("role", "radiogroup");
    row.setAttribute("aria-label", label);
    element("span", row, { textContent: label });
    const group = element("div", row, { className: "radios" });
    const groupName = `panel ${Math.random()}`; // one button of a name is checked
    const radios = choices.map((choice, k) => {
      const box = element("label", group);
      const radio = element("input", box, { type: "radio", name: groupName });
      radio.onchange = () => choose(k);
      box.append(written[k]);
      return radio;
    });
    return () => (radios[chosen()].checked = true);
  }
  const row = element("label", parent, { title: tooltip });
  element("span", row, { textContent: label });
  const slider = element("input", row, { type: "range", min: 0, max: choices.length - 1 });
  slider.setAttribute("aria-label", label);
  const value = element("span", row, { ariaHidden: "true" });
  const tell = (k) => {
    value.textContent = written[k];
    slider.setAttribute("aria-valuetext", written[k]); // its number is only a place in the list
  };
  slider.oninput = () => tell(slider.value);
  slider.onchange = () => choose(slider.value);
  return () => tell((slider.value = chosen()));
}

function render({ model, el }) {
  const words = model.get("texts");
  el.classList.add("training-panel");

  const controls = element("div", el, { className: "controls" });
  const choose = words.controls.map((each) => control(model, controls, each));
  const estimate = element("p", el);

  const row = element("div", el, { className: "buttons" });
  const buttons = {};
  for (const name of ["start", "pause", "step", "reset", "pin", "copy"]) {
    buttons[name] = element("button", row, { type: "button" });
    buttons[name].onclick = () => {
      if (buttons[name].getAttribute("aria-disabled") === "true") return;
      if (name === "copy") copy();
      else model.send({ press: meaning(name) });
    };
  }
  const meaning = (name) =>
    name === "pause" && model.get("can_press").includes("go_on") ? "go_on" : name;
  const bar = element("progress", el, { max: 1 });
  const progress = element("p", el);
  const state = element("p", el, { className: "state" });
  state.setAttribute("role", "status"); // read aloud when it changes
  const lines = element("pre", el, { tabIndex: 0, hidden: true });

  async function copy() {
    lines.textContent = model.get("code");
    lines.hidden = false;
    try {
      await navigator.clipboard.writeText(lines.textContent);
      state.textContent = words.copied;
    } catch {
      getSelection().selectAllChildren(lines);
      state.textContent = words.selected;
    }
  }

  const charts = element("div", el, { className: "charts" });
  const show = {};
  for (const name of ["loss", "accuracy"]) {
    if (!model.get(`${name}_picture`).byteLength) continue; // without test data
    const image = element("img", charts, { alt: words[name], title: words[name] });
    image.onload = () => URL.revokeObjectURL(image.src);
    show[`${name}_picture`] = (png) => {
      image.src = URL.createObjectURL(new Blob([png], { type: "image/png" }));
    };
  }

  const table = element("table", element("div", el, { className: "runs" }));
  const head = element("tr", table);
  for (const name of words.columns) element("th", head, { textContent: name, scope: "col" });
  show.runs = (runs) => {
    table.replaceChildren(head);
    for (const [[style, color, width], ...cells] of runs) {
      const run = element("tr", table);
      const sample = element("div", element("td", run), { className: "sample" });
      sample.style.borderTop = `${width}px ${style} ${color}`;
      for (const cell of cells) element("td", run, { textContent: cell });
    }
  };

  show.settings = () => choose.forEach((each) => each());
  show.estimate = (said) => (estimate.textContent = said);
  show.state = (said) => (state.textContent = said);
  show.progress = ({ share, text }) => {
    bar.value = share;
    progress.textContent = text;
  };
  show.can_press = (names) => {
    for (const [name, button] of Object.entries(buttons)) {
      [button.textContent, button.title] = words.buttons[meaning(name)];
      button.setAttribute("aria-disabled", !names.includes(meaning(name))); // it keeps the focus
    }
  };
  const gone = () => {
    show.can_press([]);
    for (const input of controls.querySelectorAll("input")) input.disabled = true;
    progress.textContent = "";
    state.textContent = words.gone;
  };
  for (const [name, shown] of Object.entries(show)) {
    shown(model.get(name));
    model.on(`change:${name}`, () => shown(model.get(name)));
  }
  for (const each of el.querySelectorAll("input, button, pre")) {
    each.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab leaves their keys alone
  }
  model.on("comm_live_update", gone); // the kernel was restarted
  let waiting, width; // a window that is being dragged has many widths
  const resized = new ResizeObserver(() => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (charts.firstChild.clientWidth === width) return;
      width = charts.firstChild.clientWidth;
      model.send({ width, ratio: devicePixelRatio });
    }, 200);
  });
  resized.observe(charts);
  return () => resized.disconnect();
}

export default { render };
