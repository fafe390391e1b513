// What the pages of all widgets share: it stands before the .js of each.

const FIRST = 4000; // milliseconds without an answer, until the page says that none came
const LATER = 15000; // in a browser alone, an iteration may take some seconds

function element(tag, parent, properties = {}) {
  const made = parent.appendChild(Object.assign(document.createElement(tag), properties));
  if (made.tabIndex === 0) // it can have the focus: JupyterLab leaves its keys alone
    made.setAttribute("data-lm-suppress-shortcuts", "true");
  return made;
}

/** Draw ink, 0 to 255 for each pixel, on a canvas of as many pixels. */
function drawInk(canvas, ink) {
  const context = canvas.getContext("2d");
  const picture = context.createImageData(canvas.width, canvas.height);
  for (let k = 0; k < ink.byteLength; k++) picture.data[4 * k + 3] = ink.getUint8(k);
  context.putImageData(picture, 0, 0);
}

/** Show the bytes of a PNG picture in an image. */
function showPng(image, png) {
  image.onload = () => URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(new Blob([png], { type: "image/png" }));
}

/**
 * The way to the kernel. It answers whatever it is asked; where it does not, as after a restart or
 * on another day, the page says what to do, and `parts` of it cannot be pressed. `tell` hears of
 * every change.
 */
function kernelOf(model, el, parts, tell = () => {}) {
  const sentence = element("p", el, { className: "no-kernel" });
  sentence.setAttribute("role", "alert"); // read aloud when it comes
  el.prepend(sentence);
  let waiting, silent = true; // nothing was heard yet: presses wait in line
  const become = (now) => {
    silent = now;
    for (const part of parts) part.inert = silent;
    tell(silent);
  };
  const none = () => {
    clearTimeout(waiting);
    sentence.textContent = model.get("no_kernel");
    become(true);
  };
  const wait = (time = LATER) => {
    clearTimeout(waiting);
    waiting = setTimeout(none, time);
  };
  const heard = () => {
    clearTimeout(waiting);
    sentence.textContent = "";
    if (silent) become(false);
  };
  const ask = (message = {}) => {
    model.send(message);
    wait(silent ? FIRST : LATER);
  };
  const stop = () => {
    clearTimeout(waiting);
    model.off("msg:custom", heard);
    model.off("comm_live_update", none);
  };
  model.on("msg:custom", heard);
  model.on("comm_live_update", none); // JupyterLab's word for a kernel that was restarted
  return { ask, heard, wait, stop };
}
