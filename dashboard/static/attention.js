// Every head as a small picture, a layer a row. A click enlarges one; with Ctrl, Shift or the command key it adds or takes
// one away; a layer's name chooses all of its heads. Every text is set as text, never as markup.
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".heads");
  root.style.cssText = Object.entries(data.colours).map(([name, value]) => `--${name}: ${value}`).join("; ");
  root.style.setProperty("--count", data.heads);
  root.replaceChildren();
  const bytes = Uint8Array.from(atob(data.weights), (character) => character.charCodeAt(0));
  const [rows, columns] = data.shape;
  const [red, green, blue] = data.colours.against.split(" ").map(Number);
  let chosen = data.chosen.map(String);
  const buttons = new Map();

  const mark = () => buttons.forEach((button, name) => button.setAttribute("aria-pressed", String(chosen.includes(name))));
  const choose = (names) => {
    chosen = names;
    mark();
    setStateValue("heads", chosen.map((name) => name.split(",").map(Number)));
  };
  const draw = (canvas, place) => {
    canvas.width = columns;
    canvas.height = rows;
    const image = new ImageData(columns, rows);
    for (let cell = 0; cell < rows * columns; cell += 1) {
      image.data.set([red, green, blue, bytes[place * rows * columns + cell]], 4 * cell);
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  };
  for (let layer = 0; layer < data.layers; layer += 1) {
    const names = Array.from({ length: data.heads }, (_, head) => `${layer},${head}`);
    const caption = root.appendChild(document.createElement("button"));
    caption.className = "caption";
    caption.textContent = data.captions[layer];
    caption.onclick = () => choose(names);
    names.forEach((name, head) => {
      const button = root.appendChild(document.createElement("button"));
      button.setAttribute("aria-label", button.title = data.names[layer][head]);
      buttons.set(name, button);
      draw(button.appendChild(document.createElement("canvas")), layer * data.heads + head);
      button.onclick = (event) => {
        if (!(event.ctrlKey || event.shiftKey || event.metaKey)) choose([name]);
        else if (chosen.includes(name)) choose(chosen.filter((one) => one !== name));
        else choose([...chosen, name]);
      };
      button.onkeydown = (event) => {
        const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
        const next = step && buttons.get(`${layer + step[0]},${head + step[1]}`);
        if (!next) return;
        next.focus();
        event.preventDefault();
      };
    });
  }
  mark();
}
