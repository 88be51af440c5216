// The prompt and what was written after it. Pointing at a written piece colours the prompt for it; a click chooses it,
// a click with Shift, or dragging, chooses all from the chosen one to there. Every text is set as text, never as markup.
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".written");
  const box = parentElement.querySelector(".tip");
  const active = root.getRootNode().activeElement;
  const had = root.contains(active) ? active : null;
  root.style.cssText = box.style.cssText = Object.entries(data.colours).map(([name, value]) => `--${name}: ${value}`).join("; ");
  root.replaceChildren();
  const tip = makeTip(root.parentElement, box);
  const hiding = makeHiding(data.hidden, (hidden, pressed) => {
    tip.press(pressed);
    setStateValue("hidden", hidden);
  });
  tip.hide();

  const features = [];
  const pieces = [];
  let begun = null;
  let chosen = data.chosen;

  const colour = (first, last) => {
    const rows = data.values.slice(first, last + 1);
    const known = rows.every((row) => row);
    const sums = features.map((_, index) => (known ? rows.reduce((sum, row) => sum + row[index], 0) : 0));
    const greatest = Math.max(...sums.map(Math.abs), 0);
    features.forEach((element, index) => {
      if (!element) return;
      const share = greatest ? (data.most * Math.abs(sums[index])) / greatest : 0;
      const side = data.signed ? (sums[index] >= 0 ? "toward" : "against") : "muted";
      element.style.background = share ? `rgb(var(--${side}) / calc(${share.toFixed(3)} * var(--under)))` : "";
    });
    pieces.forEach((element, index) => element.classList.toggle("shown", index >= first && index <= last));
  };
  const mark = () => {
    pieces.forEach((element, index) => {
      element.tabIndex = index === chosen[0] ? 0 : -1;
      element.setAttribute("aria-selected", String(index >= chosen[0] && index <= chosen[1]));
    });
    colour(...chosen);
  };
  const choose = (first, last) => {
    const span = [Math.min(first, last), Math.max(first, last)];
    if (String(span) === String(chosen)) return;
    chosen = span;
    mark();
    setStateValue("chosen", span);
  };
  const add = (parent, [text, kind, feature, piece, title, doubt]) => {
    const element = document.createElement("span");
    element.textContent = text;
    element.className = kind;
    if (title && feature === null) element.title = title;
    if (feature !== null) {
      features[feature] = element;
      element.tabIndex = 0;
      if (piece === null) element.dataset.feature = feature;
      if (data.may_hide && piece === null) hiding.add(element, feature);
      tip.watch(element, feature, data.methods.map(([name, values]) => [name, values[feature]]), title || data.unit);
    }
    if (piece !== null) {
      pieces[piece] = element;
      element.setAttribute("role", "option");
      element.style.setProperty("--doubt", doubt);
      element.addEventListener("pointerenter", () => colour(piece, piece));
      element.onpointerdown = () => { begun = piece; };
      element.onpointerup = () => { if (begun !== null && begun !== piece) choose(begun, piece); begun = null; };
      element.onclick = (event) => choose(event.shiftKey ? chosen[0] : piece, piece);
      element.onkeydown = (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (step && pieces[piece + step]) {
          pieces[piece + step].focus();
          colour(piece + step, piece + step);
        } else if (event.key === "Enter" || event.key === " ") {
          choose(event.shiftKey ? chosen[0] : piece, piece);
        } else return;
        event.preventDefault();
      };
    }
    parent.append(element);
  };
  for (const [name, label, entries] of data.parts) {
    const part = document.createElement("p");
    part.className = name;
    part.setAttribute("aria-label", label);
    part.setAttribute("role", name === "output" ? "listbox" : "group");
    if (name === "output") part.setAttribute("aria-multiselectable", "true");
    entries.forEach((entry) => add(part, entry));
    root.append(part);
    part.onpointerleave = () => { begun = null; colour(...chosen); };
  }
  mark();
  hiding.mark();
  if (had) (features[had.dataset.feature] ?? pieces[chosen[0]])?.focus();
}
