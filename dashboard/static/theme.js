// Tells when the page was drawn for other colours than it stands in: its ground, which the element has too, is then light
// and not dark, or the other way round.
const SETTLED = 300; // milliseconds after a run, when the page has its colours
export default function ({ parentElement, data, setTriggerValue }) {
  const ground = parentElement.querySelector(".ground");
  const look = () => {
    const colours = getComputedStyle(ground).backgroundColor.match(/[\d.]+/g).map(Number);
    const appearance = colours[0] + colours[1] + colours[2] < 382 ? "dark" : "light";
    if (data.appearance && data.appearance !== appearance) setTriggerValue("changed", true);
  };
  ground.ontransitionend = look;
  const later = setTimeout(look, SETTLED);
  return () => clearTimeout(later);
}
