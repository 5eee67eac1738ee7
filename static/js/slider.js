// A slider tells its value while it moves: the <output> for it has the words around the number.
export function start() {
  document.addEventListener("input", ({ target }) => {
    if (!target.matches?.("input[type=range][id]")) return;
    const output = document.querySelector(`output[for="${target.id}"][data-words]`);
    if (output) output.textContent = output.dataset.words.replace("{}", target.value);
  });
}
