// The page's half of DigitPad: it draws, sends the pixels when a stroke ends, shows the reading.
const SIDE = 280; // pixels of the canvas, in digit_pad.py too
const PEN = 20; // about 2 pixels of MNIST's 28
const STEP = 10; // how far an arrow key moves the pen: one of the 28 pixels
const ARROWS = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};
const KEYBOARD = "keyboard"; // who is drawing, instead of a pointer's number

function pad(model, parent, ask) {
  const words = model.get("words");
  const box = element("div", parent, { className: "pad" });
  const size = { width: SIDE, height: SIDE };
  const canvas = element("canvas", box, { className: "paper", ...size, tabIndex: 0 });
  canvas.setAttribute("role", "application"); // screen readers: the keys are the pad's
  canvas.setAttribute("aria-label", words.pad);
  const mark = element("div", box, { className: "mark" }); // the keyboard's pen
  const buttons = element("div", box, { className: "buttons" });
  const status = element("p", box, { className: "status" });
  status.setAttribute("role", "status"); // read aloud when it changes
  status.setAttribute("aria-live", "polite");
  element("p", box, { className: "hint", textContent: words.hint });
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  Object.assign(ink, { lineWidth: PEN, lineCap: "round", lineJoin: "round" });

  function say(text) {
    status.textContent = text;
  }

  function want(what) {
    ask({ ask: what });
    say(words.asking);
  }

  function send() {
    const rgba = ink.getImageData(0, 0, SIDE, SIDE).data;
    const alpha = new Uint8Array(SIDE * SIDE).map((_, k) => rgba[4 * k + 3]);
    model.set("drawing", new DataView(alpha.buffer));
    model.save_changes();
    want("predict");
  }

  function show() {
    if (pen !== null) return; // an answer to the last stroke must not wipe out this one
    drawInk(canvas, model.get("drawing"));
  }

  let pen = null; // the pointer that is drawing: a second finger is left alone
  let last = null;
  function lineTo([x, y]) {
    ink.beginPath();
    ink.moveTo(...last);
    ink.lineTo(x + 0.01, y); // a line of no length would not be drawn: a tap is a dot
    ink.stroke();
    last = [x, y];
  }
  function begin(who, place) {
    pen = who;
    last = place;
    lineTo(place);
  }
  function end(who) {
    if (pen !== who) return;
    pen = null;
    send();
  }

  function place(event) {
    const size = canvas.getBoundingClientRect();
    const scale = SIDE / canvas.clientWidth;
    const [left, top] = [size.left + canvas.clientLeft, size.top + canvas.clientTop];
    return [(event.clientX - left) * scale, (event.clientY - top) * scale];
  }
  canvas.addEventListener("pointerdown", (event) => {
    if (pen !== null || event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    begin(event.pointerId, place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId === pen) lineTo(place(event));
  });
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, (event) => end(event.pointerId));
  }

  let spot = [SIDE / 2, SIDE / 2]; // where the keyboard's pen is
  function moveMark() {
    const scale = canvas.clientWidth / SIDE;
    mark.style.left = `${canvas.clientLeft + scale * spot[0]}px`;
    mark.style.top = `${canvas.clientTop + scale * spot[1]}px`;
    mark.classList.toggle("down", pen === KEYBOARD);
  }
  canvas.addEventListener("keydown", (event) => {
    if (event.key in ARROWS) {
      spot = spot.map((at, k) => Math.min(Math.max(at + ARROWS[event.key][k], 0), SIDE));
      if (pen === KEYBOARD) lineTo(spot);
    } else if (event.key === " " && !event.repeat) {
      if (pen === null) {
        begin(KEYBOARD, spot);
        say(words["pen down"]);
      } else end(KEYBOARD);
    } else return;
    event.preventDefault(); // the page does not scroll
    moveMark();
  });
  canvas.addEventListener("focus", moveMark);
  canvas.addEventListener("blur", () => {
    end(KEYBOARD);
    moveMark();
  });

  function button(text, onclick) {
    element("button", buttons, { textContent: text, type: "button", onclick });
  }
  button(words.undo, () => want("undo"));
  button(words.clear, () => {
    ink.clearRect(0, 0, SIDE, SIDE);
    send();
  });
  button(words.predict, () => want("predict"));
  show();
  return { box, show, say };
}

function panel(parent, words, k) {
  const figure = element("figure", parent);
  element("figcaption", figure, { textContent: words.titles[k] });
  const canvas = element("canvas", figure, { className: "paper", width: 28, height: 28 });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", words.pictures[k]);
  const table = element("table", figure);
  table.setAttribute("aria-label", words.tables[k]);
  const bars = [...Array(10).keys()].map((digit) => {
    const row = element("tr", table);
    element("th", row, { textContent: digit, scope: "row" });
    const bar = element("div", element("td", row), { className: "bar" });
    return { row, bar, percent: element("td", row, { className: "percent" }) };
  });

  return function show(pixels, probabilities, percents = []) {
    drawInk(canvas, pixels);
    const most = Math.max(...(probabilities ?? []));
    bars.forEach(({ row, bar, percent }, digit) => {
      const p = probabilities?.[digit];
      row.className = p === most ? "most" : "";
      bar.style.width = `${100 * (p ?? 0)}%`;
      percent.textContent = percents[digit] ?? "";
    });
  };
}

function render({ model, el }) {
  el.classList.add("dlscratch", "digit-pad");
  const row = element("div", el, { className: "row" });
  const drawing = pad(model, row, (message) => kernel.ask(message));
  const readings = element("div", row, { className: "readings" });
  const shows = [0, 1].map((k) => panel(readings, model.get("words"), k));

  function showReading() {
    const { said, pictures, probabilities, percents } = model.get("reading");
    shows.forEach((show, k) => show(pictures[k], probabilities[k], percents[k]));
    drawing.say(said);
  }
  showReading();
  model.on("change:reading", showReading);
  model.on("change:drawing", drawing.show);
  const kernel = kernelOf(model, el, [drawing.box]);
  kernel.ask();
  return () => {
    kernel.stop();
    model.off("change:reading", showReading);
    model.off("change:drawing", drawing.show);
  };
}

export default { render };
