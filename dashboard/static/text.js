// The text, word by word. Pointing at a word shows what every method says of it; a click hides it from the model.
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".text");
  const box = parentElement.querySelector(".tip");
  const active = root.getRootNode().activeElement;
  const had = root.contains(active) && active.dataset.feature ? Number(active.dataset.feature) : null;
  root.style.cssText = box.style.cssText = Object.entries(data.colours).map(([name, value]) => `--${name}: ${value}`).join("; ");
  root.replaceChildren();
  root.setAttribute("aria-label", data.label);
  const tip = makeTip(root.parentElement, box);
  const hiding = makeHiding(data.hidden, (hidden, pressed) => {
    tip.press(pressed);
    setStateValue("hidden", hidden);
  });
  tip.hide();

  for (const [text, kind, index] of data.pieces) {
    const element = document.createElement("span");
    element.textContent = text;
    element.className = kind;
    if (index !== null) {
      const [side, share] = data.colour[index] ?? ["", 0];
      if (share) element.style.background = `rgb(var(--${side}) / calc(${share} * var(--under)))`;
      element.dataset.feature = index;
      element.tabIndex = 0;
      if (data.may_hide) hiding.add(element, index);
      tip.watch(element, index, data.methods.map(([title, values]) => [title, values[index]]), data.unit);
    }
    root.append(element);
  }
  hiding.mark();
  if (had !== null) hiding.focus(had);
}
