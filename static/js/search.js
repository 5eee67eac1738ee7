// The box in the head shows what it finds while one types; Escape and leaving it close the list,
// the arrows go through it.
export function start() {
  const form = document.querySelector("[data-search]");
  if (!form) return;
  const input = form.querySelector("input");
  const found = form.querySelector(".search-found");
  const links = () => [...found.querySelectorAll("a")];
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      found.replaceChildren();
      input.focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const all = links();
    if (!all.length) return;
    event.preventDefault();
    const next = all.indexOf(document.activeElement) + step;
    (next < 0 ? input : all[Math.min(next, all.length - 1)]).focus();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) found.replaceChildren();
  });
}
