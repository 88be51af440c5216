// A box beside a word: its text, a line a method with the value, and what the values are of. Set as text, never as markup.
const makeTip = (frame, tip) => {
  const line = (name, value, kind) => {
    const row = tip.appendChild(document.createElement("div"));
    row.className = kind;
    row.appendChild(document.createElement("span")).textContent = name;
    if (value) row.appendChild(document.createElement("span")).textContent = value;
  };
  const show = (element, lines, unit) => {
    tip.replaceChildren();
    line(element.textContent, "", "name");
    for (const [name, value] of lines) line(name, value, "method");
    if (unit) line(unit, "", "unit");
    tip.hidden = false;
    const around = frame.getBoundingClientRect();
    const box = element.getClientRects()[0];
    tip.style.left = `${Math.max(Math.min(box.left - around.left, around.width - tip.offsetWidth), 0)}px`;
    tip.style.top = `${box.bottom - around.top + 6}px`;
  };
  return { show, hide: () => { tip.hidden = true; } };
};
