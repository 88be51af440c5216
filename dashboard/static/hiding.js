// Words that a click, Enter or Space hides from the model or shows again; the arrow keys go from word to word.
const makeHiding = (first, tell) => {
  const words = [];
  let hidden = [...first];
  const mark = () => words.forEach((own, index) => own?.forEach((element) => {
    element.setAttribute("aria-pressed", String(hidden.includes(index)));
  }));
  const toggle = (index) => {
    hidden = hidden.includes(index) ? hidden.filter((one) => one !== index) : [...hidden, index].sort((a, b) => a - b);
    mark();
    tell(hidden, index);
  };
  const add = (element, index) => {
    element.classList.add("hide");
    element.setAttribute("role", "button");
    element.tabIndex = words[index] ? -1 : 0;
    (words[index] ??= []).push(element);
    element.onclick = () => toggle(index);
    element.onkeydown = (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (event.key === "Enter" || event.key === " ") toggle(index);
      else if (step) words[index + step]?.[0].focus();
      else return;
      event.preventDefault();
    };
  };
  return { add, mark, focus: (index) => words[index]?.[0].focus() };
};
