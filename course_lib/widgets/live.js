// Draws a figure of the course: Python computes, the browser draws. The still part is a
// picture, what moves are SVG paths in tenths of a CSS pixel above it. States that the page
// carries are drawn at once; for the others Python is asked. While nobody asks, the settings
// around the present one are fetched ahead, of the control that a hand is on, and first those
// that lie where it is moving to.

const SVG = "http://www.w3.org/2000/svg";
const PATIENCE = 1500; // milliseconds until a request without an answer is given up
const REST = 300; // milliseconds after which a hand rests, and the sentence may be read out
const KEYS = /^(Arrow|Page|Home|End|Enter$| $)/; // not for the notebook while a control has them
const BATCH = 16; // settings asked for ahead in one message; Python answers with as many as are soon made
const ENOUGH = 8; // so many settings on the way of a hand are known: fetching more can wait
const BEHIND = 4; // so many times farther off counts a setting that a hand is moving away from
const NO_KERNEL =
  "This page does not carry the picture of that setting. It takes a running kernel: run the cell (Shift+Enter).";

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function nearest(options, value) {
  const distance = (option) => Math.abs(option - value);
  return options.reduce((best, o, i) => (distance(o) < distance(options[best]) ? i : best), 0);
}

// each control is { node, show(value) } and calls set(value)
function slider({ label, options, step }, set) {
  const [low, high] = [options[0], options.at(-1)];
  const field = element("input", { type: "number", min: low, max: high, step });
  const range = element("input", { type: "range", min: 0, max: options.length - 1, "aria-label": label });
  const show = (value) => {
    if (Number(field.value) !== value || !field.value) field.value = value;
    range.value = nearest(options, value);
    range.setAttribute("aria-valuetext", value);
  };
  range.addEventListener("input", () => set(options[range.value]));
  field.addEventListener("input", () => {
    const value = field.valueAsNumber;
    if (low <= value && value <= high) set(value);
  });
  field.addEventListener("change", () => {
    const value = field.valueAsNumber;
    if (!(low <= value && value <= high)) set(Math.min(high, Math.max(low, value || low)));
  });
  const name = element("span", { class: "name" }, label);
  return { node: element("div", { class: "row" }, element("label", {}, name, field), range), show };
}

function choice({ label, options }, set) {
  const buttons = options.map((option) => {
    const button = element("button", { type: "button" }, option);
    button.addEventListener("click", () => set(option));
    return button;
  });
  const show = (value) => buttons.forEach((b, i) => b.setAttribute("aria-pressed", options[i] === value));
  const group = element("div", { class: "buttons", role: "group", "aria-label": label }, ...buttons);
  return { node: element("div", { class: "row" }, element("span", { class: "name" }, label), group), show };
}

// what is set to what it was is laid out anew all the same
function update(node, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (node.getAttribute(key) !== String(value)) node.setAttribute(key, value);
  }
}

// each mark is a path in a viewport of its own, which cuts off what lies outside
function drawMark(viewport, [look, clip, data, places], size) {
  const [x, y, width, height] = clip ?? [0, 0, ...size];
  const viewBox = `${x} ${y} ${width} ${height}`;
  update(viewport, { x, y, width, height, viewBox, overflow: clip ? "hidden" : "visible" });
  const d = places ? places.map((at) => `M${at.join(" ")}${data}`).join("") : data;
  update(viewport.firstChild, { style: look, d });
}

async function unpack(table) {
  if (!table) return {};
  const bytes = Uint8Array.from(atob(table), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

// two controls at once, where the pointer is on the picture
function drag(stage, handle, optionsOf, set) {
  const move = (event) => {
    const { x, y, box, xlim, ylim } = handle();
    const { left, top, width } = stage.getBoundingClientRect();
    const scale = parseFloat(stage.style.width) / width;
    const across = ((event.clientX - left) * scale - box[0]) / box[2];
    const up = 1 - ((event.clientY - top) * scale - box[1]) / box[3];
    if (event.type === "pointerdown") {
      if (Math.min(across, up) < 0 || Math.max(across, up) > 1) return;
      stage.setPointerCapture(event.pointerId);
      event.preventDefault();
    }
    const at = (options, [low, high], part) => options[nearest(options, low + part * (high - low))];
    set({ [x]: at(optionsOf(x), xlim, across), [y]: at(optionsOf(y), ylim, up) });
  };
  stage.addEventListener("pointerdown", (event) => handle() && move(event));
  stage.addEventListener("pointermove", (event) => stage.hasPointerCapture(event.pointerId) && move(event));
  stage.classList.toggle("handle", Boolean(handle()));
}

function render({ model, el }) {
  const size = model.get("size").map((pixels) => 10 * pixels);
  const controls = model.get("controls"); // a list: a notebook sorts what has names
  const still = element("img", { alt: "" });
  const layer = document.createElementNS(SVG, "svg");
  layer.setAttribute("viewBox", `0 0 ${size.join(" ")}`);
  layer.setAttribute("aria-hidden", "true");
  const stage = element("div", { class: "stage", role: "img" }, still, layer);
  stage.style.cssText = `width: ${size[0] / 10}px; aspect-ratio: ${size.join("/")}`;
  const words = element("figcaption", { "aria-live": "polite", "aria-atomic": "true" });
  let values, shown, held, touched, heading = 0, table = {}, late, resting;
  const hopeless = new Set(); // settings of which no picture can be made
  let waiting = false; // for the answer to a message ahead
  let n = model.get("request").n, drawn = n; // the newest setting, and the newest that was drawn

  const say = (text) => {
    if (words.textContent !== text) words.textContent = text;
  };
  const draw = (frame) => {
    const { svg, handle } = model.get("stills")[frame.still];
    if (shown !== svg) still.src = `data:image/svg+xml,${encodeURIComponent((shown = svg))}`;
    held = handle;
    while (layer.childElementCount > frame.marks.length) layer.lastChild.remove();
    while (layer.childElementCount < frame.marks.length) {
      layer.appendChild(document.createElementNS(SVG, "svg")).append(document.createElementNS(SVG, "path"));
    }
    frame.marks.forEach((mark, i) => drawMark(layer.children[i], mark, size));
    stage.setAttribute("aria-label", `${model.get("about")} ${frame.sentence}`);
    stage.classList.toggle("old", Boolean(frame.error));
    say(frame.error || frame.sentence);
  };
  const giveUp = () => {
    stage.classList.add("old");
    say(NO_KERNEL);
    words.removeAttribute("aria-busy");
  };
  const calm = () => {
    if (!resting && drawn >= n) words.removeAttribute("aria-busy");
  };
  const show = (next) => {
    values = { ...next };
    controls.forEach(({ name }, i) => rows[i].show(values[name]));
  };
  const optionsOf = (name) => controls.find((control) => control.name === name).options;
  const placeOf = (name, setting) => optionsOf(name).indexOf(setting[name]);
  // the name of a setting in the table; none where a number was typed that no slider stands at
  const keyOf = (setting) => {
    const places = controls.map(({ name, options }) => options.indexOf(setting[name]));
    return places.includes(-1) ? undefined : places.join();
  };
  const ask = () => {
    if (model.get("request").n === n) return;
    model.set("request", { n, values });
    model.save_changes();
  };
  const set = (changed) => {
    const before = values;
    show({ ...values, ...changed });
    n += 1;
    const [still, marks, sentence] = table[keyOf(values)] ?? [];
    clearTimeout(late);
    if (sentence) {
      draw({ still, marks, sentence });
      drawn = n;
    } else {
      late = setTimeout(giveUp, PATIENCE);
      ask();
    }
    words.setAttribute("aria-busy", "true");
    clearTimeout(resting);
    resting = setTimeout(() => {
      resting = 0;
      ask(); // Python learns where the controls stand
      calm();
      lookAhead();
    }, REST);
    touched = Object.keys(changed).length === 1 ? Object.keys(changed)[0] : undefined;
    if (touched) heading = Math.sign(placeOf(touched, values) - placeOf(touched, before));
    lookAhead();
  };
  const follow = () => {
    const frame = model.get("frame");
    if (frame.n < drawn) return;
    drawn = frame.n;
    if (!frame.error) learn(frame.values, [frame.still, frame.marks, frame.sentence]);
    if (frame.n >= n) {
      n = frame.n;
      clearTimeout(late);
      if (!frame.error) show(frame.values);
    }
    draw(frame);
    calm();
    lookAhead();
  };
  const lookAhead = () => {
    if (drawn < n || !touched || waiting) return;
    const here = placeOf(touched, values);
    const far = (way) => Math.abs(way) * (way * heading < 0 ? BEHIND : 1);
    const missing = ({ key }) => key && !(key in table) && !hopeless.has(key);
    const wanted = optionsOf(touched)
      .map((option, i) => ({ distance: far(i - here), setting: { ...values, [touched]: option } }))
      .map((place) => ({ ...place, key: keyOf(place.setting) }))
      .filter(missing)
      .sort((one, other) => one.distance - other.distance)
      .slice(0, BATCH);
    if (!wanted.length || (resting && wanted[0].distance > ENOUGH)) return;
    waiting = true;
    model.send({ ahead: wanted.map(({ setting }) => setting) });
  };
  const learn = (setting, state) => {
    const key = keyOf(setting);
    if (key) table[key] = state;
  };
  const keep = ({ ahead }) => {
    waiting = false;
    for (const [setting, state] of ahead) {
      if (state) learn(setting, state);
      else hopeless.add(keyOf(setting));
    }
    lookAhead();
  };

  const rows = controls.map((control) => {
    const make = control.step ? slider : choice;
    const row = make(control, (value) => set({ [control.name]: value }));
    for (const event of ["pointerenter", "focusin"]) {
      row.node.addEventListener(event, () => {
        if (touched !== control.name) heading = 0;
        touched = control.name;
        lookAhead();
      });
    }
    return row;
  });
  el.classList.add("course-live");
  el.append(...rows.map((row) => row.node), element("figure", {}, stage, words));
  el.addEventListener("keydown", (event) => {
    if (KEYS.test(event.key) && !event.shiftKey && !event.ctrlKey) event.stopPropagation();
  });
  const first = model.get("frame");
  show(first.values);
  draw(first);
  learn(first.values, [first.still, first.marks, first.sentence]);
  drag(stage, () => held, optionsOf, set);
  unpack(model.get("table")).then((found) => (table = { ...found, ...table }));
  model.on("change:frame", follow);
  model.on("msg:custom", keep);
  return () => {
    clearTimeout(late);
    clearTimeout(resting);
    model.off("change:frame", follow);
    model.off("msg:custom", keep);
  };
}

export default { render };
