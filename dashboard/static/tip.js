// A box beside a word: its text, a line a method with the value, and what the values are of. Set as text, never as markup.
// Escape closes it, and screen readers read it as what describes the word. A word that was just pressed has none until
// the pointer leaves the text or another word is looked at: what the press says stands where the box would cover it.
const makeTip = (frame, tip) => {
  let described = null;
  const hide = () => {
    tip.hidden = true;
    described?.removeAttribute("aria-describedby");
    document.removeEventListener("keydown", close);
  };
  const close = (event) => { if (event.key === "Escape") hide(); };
  const line = (name, value, kind) => {
    const row = tip.appendChild(document.createElement("div"));
    row.className = kind;
    row.appendChild(document.createElement("span")).textContent = name;
    if (value) row.appendChild(document.createElement("span")).textContent = value;
  };
  const show = (element, lines, unit) => {
    hide();
    tip.replaceChildren();
    line(element.textContent, "", "name");
    for (const [name, value] of lines) line(name, value, "method");
    if (unit) line(unit, "", "unit");
    tip.hidden = false;
    described = element;
    element.setAttribute("aria-describedby", "tip");
    document.addEventListener("keydown", close);
    const around = frame.getBoundingClientRect();
    const box = element.getClientRects()[0];
    tip.style.left = `${Math.max(Math.min(box.left - around.left, around.width - tip.offsetWidth), 0)}px`;
    tip.style.top = `${box.bottom - around.top + 6}px`;
  };
  const watch = (element, index, lines, unit) => {
    element.onpointerenter = element.onfocus = () => {
      if (tip.dataset.pressed === String(index)) return;
      delete tip.dataset.pressed;
      show(element, lines, unit);
    };
    element.onpointerleave = element.onblur = hide;
  };
  const press = (index) => {
    tip.dataset.pressed = index;
    hide();
  };
  frame.onpointerleave = () => { delete tip.dataset.pressed; };
  return { watch, press, hide };
};
