// Every head as a small picture, a layer a row. A click or Enter enlarges one; with Ctrl, Shift or the command key, or
// where several are to be chosen, it adds or takes one away; a layer's name chooses all of its heads, and a head's number
// that head of every layer. Arrows move.
// Every text is set as text, never as markup.
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".heads");
  const active = root.getRootNode().activeElement;
  const had = root.contains(active) ? active.dataset.place : null;
  const { scrollTop, scrollLeft, childElementCount: drawnBefore } = root;
  root.style.cssText = Object.entries(data.colours).map(([name, value]) => `--${name}: ${value}`).join("; ");
  root.style.setProperty("--count", data.heads);
  root.replaceChildren();
  root.setAttribute("aria-label", data.label);
  const bytes = Uint8Array.from(atob(data.weights), (character) => character.charCodeAt(0));
  const [rows, columns] = data.shape;
  const [red, green, blue] = data.colours.against.split(" ").map(Number);
  let chosen = data.chosen.map(String);
  const buttons = new Map();

  const mark = () => buttons.forEach((button, place) => {
    if (!button.className) button.setAttribute("aria-pressed", String(chosen.includes(place)));
  });
  const choose = (places) => {
    chosen = places;
    mark();
    setStateValue("heads", chosen.map((place) => place.split(",").map(Number)));
  };
  const reach = (place) => buttons.forEach((button, name) => { button.tabIndex = name === place ? 0 : -1; });
  const draw = (canvas, place) => {
    canvas.width = columns;
    canvas.height = rows;
    const image = new ImageData(columns, rows);
    for (let cell = 0; cell < rows * columns; cell += 1) {
      image.data.set([red, green, blue, bytes[place * rows * columns + cell]], 4 * cell);
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  };
  const add = (layer, head, act) => {
    const button = root.appendChild(document.createElement("button"));
    const place = button.dataset.place = `${layer},${head}`;
    buttons.set(place, button);
    button.onclick = act;
    button.onfocus = () => reach(place);
    button.onkeydown = (event) => {
      const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      const next = step && buttons.get(`${layer + step[0]},${head + step[1]}`);
      if (next) next.focus();
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) act(event); // which is no click by itself
      else return;
      event.preventDefault();
    };
    return button;
  };
  const caption = (layer, head, text, title, places) => {
    const button = add(layer, head, () => choose(places));
    button.className = "caption";
    button.textContent = text;
    if (title) button.setAttribute("aria-label", button.title = title);
  };
  const bringIntoSight = (button) => { // of the overview, without moving the page
    const [own, whole] = [button, root].map((one) => one?.getBoundingClientRect());
    if (own) root.scrollBy(own.x + own.width / 2 - whole.x - whole.width / 2, own.y + own.height / 2 - whole.y - whole.height / 2);
  };
  const layers = [...data.names.keys()];
  root.appendChild(document.createElement("span"));
  data.columns.forEach((title, head) => caption(-1, head, String(head + 1), title, layers.map((layer) => `${layer},${head}`)));
  for (let layer = 0; layer < data.layers; layer += 1) {
    const places = data.names[layer].map((_, head) => `${layer},${head}`);
    caption(layer, -1, data.captions[layer], "", places);
    places.forEach((place, head) => {
      const button = add(layer, head, (event) => {
        if (!(data.several || event.ctrlKey || event.shiftKey || event.metaKey)) choose([place]);
        else if (chosen.includes(place)) choose(chosen.filter((one) => one !== place));
        else choose([...chosen, place]);
      });
      button.setAttribute("aria-label", button.title = data.names[layer][head]);
      draw(button.appendChild(document.createElement("canvas")), layer * data.heads + head);
    });
  }
  mark();
  reach(buttons.has(chosen[0]) ? chosen[0] : "0,0");
  if (drawnBefore) root.scrollTo(scrollLeft, scrollTop); // where the visitor left it
  else bringIntoSight(buttons.get(chosen[0]));
  buttons.get(had)?.focus({ preventScroll: true });
}
