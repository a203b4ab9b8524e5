// A question, its choices or a number field, and what came out once an answer was given.
const node = (tag, attributes = {}, html = "") => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.innerHTML = html;
  return made;
};

const shown = (number) =>
  number !== 0 && (Math.abs(number) >= 1e5 || Math.abs(number) < 1e-3)
    ? number.toExponential()
    : String(number);

// "0.5", "1e-6", "1e−6", "10^-6"; null where it is no number
const read = (text) => {
  const plain = text.trim().replaceAll("−", "-").replace(/^10\^/, "1e").replace(/[*·]10\^/, "e");
  return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : null;
};

function replyTo(model, answer) {
  if (model.get("choices").length) return model.get("replies")[answer];
  const found = model.get("replies").find((r) => r.low <= answer && answer <= r.high);
  return { said: `You said ${shown(answer)}. `, ...(found ?? { right: false, says: "" }) };
}

function render({ model, el }) {
  const answer = () => model.get("answer") ?? null; // a page without a kernel stores no null
  const give = (value) => {
    if (answer() !== null) return; // the first answer is the prediction
    model.set("answer", value);
    model.save_changes();
  };
  const card = node("section", { class: "course-prediction", "aria-label": "Prediction" });
  card.dataset.lmSuppressShortcuts = "true"; // Enter and Space are for the buttons
  const status = node("div", { role: "status", class: "course-prediction-result" });
  const buttons = model.get("choices").map((choice, i) => {
    const button = node("button", { type: "button" }, choice);
    button.addEventListener("click", () => give(i));
    return button;
  });
  const form = node("form");
  const label = node("label", {}, "Your number: ");
  const field = node("input", { type: "text", inputmode: "decimal", size: "12" });
  label.append(field);
  form.append(label, node("button", { type: "submit" }, "Predict"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const number = read(field.value);
    if (number === null) status.textContent = "Type a number, such as 0.5 or 1e-6.";
    else give(number);
  });

  const draw = () => {
    const given = answer();
    const done = given !== null;
    buttons.forEach((button, i) => {
      button.setAttribute("aria-pressed", String(given === i));
      button.setAttribute("aria-disabled", String(done));
    });
    field.readOnly = done;
    if (!done) return;
    if (!buttons.length) field.value = shown(given);
    const { said = "", right, says } = replyTo(model, given);
    const verdict = right ? "<strong>✔ Right.</strong> " : "<strong>✘ It came out otherwise.</strong> ";
    const cameOut = `<strong>What came out:</strong> ${model.get("came_out")}`;
    status.innerHTML = `<p>${verdict}${said}${says}</p><p>${cameOut}</p>`;
  };
  const group = node("div", { role: "group", "aria-label": "Your prediction" });
  group.append(...(buttons.length ? buttons : [form]));
  card.append(node("p", {}, `<strong>Predict.</strong> ${model.get("question")}`), group, status);
  el.append(card);
  model.on("change:answer", draw);
  draw();
  return () => model.off("change:answer", draw);
}

export default { render };
