// Tells when the page has changed between light and dark: its ground, which the element has too, then changes its colour.
export default function ({ parentElement, setTriggerValue }) {
  const ground = parentElement.querySelector(".ground");
  ground.ontransitionend = () => setTriggerValue("changed", true);
}
