// The page's half of DigitPad: it draws, sends the pixels when a stroke ends, shows the reading.
const SIDE = 280; // pixels of the canvas, in digit_pad.py too
const PEN = 20; // about 2 pixels of MNIST's 28

function element(tag, parent, properties = {}) {
  return parent.appendChild(Object.assign(document.createElement(tag), properties));
}

function pad(model, parent, waiting) {
  const box = element("div", parent);
  const canvas = element("canvas", box, { className: "paper", width: SIDE, height: SIDE });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "Pad: draw one digit with mouse, pen or finger");
  const buttons = element("div", box, { className: "buttons" });
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  Object.assign(ink, { lineWidth: PEN, lineCap: "round", lineJoin: "round" });

  function ask() {
    model.send({ ask: "predict" });
    waiting();
  }

  function send() {
    const rgba = ink.getImageData(0, 0, SIDE, SIDE).data;
    const alpha = new Uint8Array(SIDE * SIDE).map((_, k) => rgba[4 * k + 3]);
    model.set("drawing", new DataView(alpha.buffer));
    model.save_changes();
    ask();
  }

  function show() {
    if (pen !== null) return; // an answer to the last stroke must not wipe out this one
    const alpha = model.get("drawing");
    const picture = ink.createImageData(SIDE, SIDE);
    for (let k = 0; k < SIDE * SIDE; k++) picture.data[4 * k + 3] = alpha.getUint8(k);
    ink.putImageData(picture, 0, 0);
  }

  let pen = null; // the pointer that is drawing: a second finger is left alone
  let last = null;
  function place(event) {
    const size = canvas.getBoundingClientRect();
    const x = (event.clientX - size.left) * (SIDE / size.width);
    return [x, (event.clientY - size.top) * (SIDE / size.height)];
  }
  function lineTo(event) {
    const next = place(event);
    ink.beginPath();
    ink.moveTo(...last);
    ink.lineTo(next[0] + 0.01, next[1]); // a line of no length would not be drawn: a tap is a dot
    ink.stroke();
    last = next;
  }
  canvas.addEventListener("pointerdown", (event) => {
    if (pen !== null || event.button !== 0) return;
    pen = event.pointerId;
    canvas.setPointerCapture(pen);
    last = place(event);
    lineTo(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId === pen) lineTo(event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => {
      if (event.pointerId !== pen) return;
      pen = null;
      send();
    });
  }

  element("button", buttons, { textContent: "Clear", type: "button" }).onclick = () => {
    ink.clearRect(0, 0, SIDE, SIDE);
    send();
  };
  element("button", buttons, { textContent: "Predict", type: "button" }).onclick = ask;
  show();
  return show;
}

function panel(parent, title, name) {
  const figure = element("figure", parent);
  figure.setAttribute("aria-label", name);
  element("figcaption", figure, { textContent: title });
  const canvas = element("canvas", figure, { className: "paper", width: 28, height: 28 });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `The drawing ${name}, 28 by 28 pixels`);
  const table = element("table", figure);
  table.setAttribute("aria-label", `Probability of each digit, ${name}`);
  const bars = [...Array(10).keys()].map((digit) => {
    const row = element("tr", table);
    element("th", row, { textContent: digit, scope: "row" });
    const bar = element("div", element("td", row), { className: "bar" });
    return { row, bar, percent: element("td", row, { className: "percent" }) };
  });

  return function show(pixels, probabilities) {
    const grey = canvas.getContext("2d").createImageData(28, 28);
    for (let k = 0; k < 28 * 28; k++) grey.data[4 * k + 3] = pixels.getUint8(k);
    canvas.getContext("2d").putImageData(grey, 0, 0);
    const most = Math.max(...(probabilities ?? []));
    bars.forEach(({ row, bar, percent }, digit) => {
      const p = probabilities?.[digit];
      row.className = p === most ? "most" : "";
      bar.style.width = `${100 * (p ?? 0)}%`;
      percent.textContent = p === undefined ? "" : `${(100 * p).toFixed(1)} %`;
    });
  };
}

function render({ model, el }) {
  el.classList.add("digit-pad");
  el.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab: keys are the buttons'
  const row = element("div", el, { className: "row" });
  const status = document.createElement("p");
  status.setAttribute("role", "status"); // read aloud when it changes
  status.setAttribute("aria-live", "polite");
  const showDrawing = pad(model, row, () => {
    status.textContent = "Asking the network ...";
  });
  const shows = [
    panel(row, "As drawn, shrunk to 28 x 28", "as drawn"),
    panel(row, "As MNIST would have it", "as MNIST would have it"),
  ];
  el.append(status);

  function showReading() {
    const { said, pictures, probabilities } = model.get("reading");
    shows.forEach((show, k) => show(pictures[k], probabilities[k]));
    status.textContent = said;
  }
  showReading();
  model.on("change:reading", showReading);
  model.on("change:drawing", showDrawing);
  return () => {
    model.off("change:reading", showReading);
    model.off("change:drawing", showDrawing);
  };
}

export default { render };
