// The page's half of TrainingPanel: it shows what the kernel says, and passes presses on.

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
  const value = element("span", row, { ariaHidden: "true" });
  const slider = element("input", row, { type: "range", min: 0 });
  slider.setAttribute("aria-label", label);
  const tell = (k) => {
    value.textContent = written[k];
    slider.setAttribute("aria-valuetext", written[k]); // its number is only a place in the list
  };
  slider.oninput = () => tell(slider.value);
  slider.onchange = () => choose(slider.value);
  return () => {
    const most = name === "batch_size" ? model.get("settings").digits : Infinity;
    slider.max = choices.filter((choice) => choice <= most).length - 1;
    tell((slider.value = chosen()));
  };
}

// The colour of the panel's words in this theme, as [red, green, blue, alpha].
function colorOf(el) {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = getComputedStyle(el).color;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data];
}

function render({ model, el }) {
  const words = model.get("texts");
  el.classList.add("dlscratch", "training-panel");
  const panel = element("div", el, { className: "panel" });
  const side = element("div", panel, { className: "side" });
  const main = element("div", panel);

  const controls = element("div", side, { className: "controls" });
  const choose = words.controls.map((each) => control(model, controls, each));
  const estimate = element("p", side, { className: "estimate" });
  const row = element("div", side, { className: "buttons" });
  const buttons = {};
  for (const name of ["start", "pause", "step", "reset", "pin", "copy"]) {
    buttons[name] = element("button", row, { type: "button" });
    buttons[name].onclick = () => {
      if (buttons[name].getAttribute("aria-disabled") === "true") return;
      if (meaning(name) === "pause") state.textContent = words.pausing;
      kernel.ask({ press: meaning(name) });
    };
  }
  const meaning = (name) =>
    name === "pause" && model.get("can_press").includes("go_on") ? "go_on" : name;
  const bar = element("progress", side, { max: 1 });
  const progress = element("p", side);
  const state = element("p", side);
  state.setAttribute("role", "status"); // read aloud when it changes

  const charts = element("div", main, { className: "charts" });
  const show = {};
  for (const name of ["loss", "accuracy"]) {
    const image = element("img", charts, { alt: words[name], title: words[name] });
    show[`${name}_picture`] = (png) => showPng(image, png);
  }
  const table = element("table", element("div", main, { className: "runs" }));
  element("p", main, { textContent: words.note });
  const lines = element("pre", main, { tabIndex: 0, hidden: true });

  const table_of = (runs) => {
    table.replaceChildren();
    const looks = element("tr", table);
    element("td", looks);
    runs.forEach(([[style, color, width]], k) => {
      const cell = element("td", looks);
      const sample = element("div", cell, { className: "sample" });
      sample.style.borderTop = `${width}px ${style} ${color}`;
      if (k === 0) return;
      const remove = element("button", cell, { type: "button", title: words.remove });
      remove.setAttribute("aria-label", words.remove);
      remove.onclick = () => kernel.ask({ remove: k - 1 });
    });
    for (const name of words.rows) {
      const row = element("tr", table);
      element("th", row, { textContent: name, scope: "row" });
      for (const _run of runs) element("td", row);
    }
  };
  let looks; // of the runs in the table
  show.runs = (runs) => {
    if (looks !== (looks = runs.map(([look]) => look).join())) table_of(runs); // else keep the focus
    runs.forEach(([, ...cells], column) => {
      cells.forEach((cell, k) => (table.rows[k + 1].cells[column + 1].textContent = cell));
    });
  };
  show.settings = () => choose.forEach((each) => each());
  show.estimate = (said) => (estimate.textContent = said);
  show.state = (said) => {
    state.textContent = said;
    lines.hidden = true; // they may be those of another run
  };
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

  const kernel = kernelOf(model, el, [side], (silent) => {
    for (const remove of table.querySelectorAll("button")) remove.inert = silent;
    progress.textContent = silent ? "" : model.get("progress").text;
    estimate.textContent = silent ? "" : model.get("estimate");
    show.state(silent ? "" : model.get("state"));
  });

  const copied = async ({ code }) => {
    if (!code) return;
    lines.textContent = code;
    lines.hidden = false;
    try {
      await navigator.clipboard.writeText(code);
      state.textContent = words.copied;
    } catch {
      getSelection().selectAllChildren(lines);
      state.textContent = words.selected;
    }
  };
  for (const [name, tell] of Object.entries(show)) {
    tell(model.get(name));
    model.on(`change:${name}`, () => {
      tell(model.get(name));
      if (name !== "progress") return;
      kernel.heard(); // while it trains, it tells something all the time
      if (model.get("can_press").includes("pause")) kernel.wait();
    });
  }
  model.on("msg:custom", copied);

  let shown;
  const fit = () => {
    const { clientWidth: width } = charts.firstChild;
    const now = [width, devicePixelRatio, getComputedStyle(el).color].join();
    if (!width || now === shown) return;
    shown = now;
    kernel.ask({ width, ratio: devicePixelRatio, color: colorOf(el) });
  };
  const fitting = setInterval(fit, 300); // nothing tells of every change of theme, zoom and width
  fit();
  return () => {
    clearInterval(fitting);
    kernel.stop();
  };
}

export default { render };
