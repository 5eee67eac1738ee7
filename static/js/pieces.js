// Words marked in a note come into the bar that makes a task, promise or need of them; the bar
// stands under them.  By keyboard the words are typed or pasted into its field.
function place(bar, text, selection) {
  const at = selection.getRangeAt(0).getBoundingClientRect();
  const frame = text.parentElement.getBoundingClientRect();
  bar.dataset.floats = "";
  bar.style.insetBlockStart = `${at.bottom - frame.top + 8}px`;
}

export function refresh(root) {
  for (const text of root.querySelectorAll?.("[data-pieces]") ?? []) {
    if (text.dataset.ready) continue;
    text.dataset.ready = "1";
    const bar = text.parentElement.querySelector("[data-piece-bar]");
    if (!bar) continue;
    const field = bar.querySelector("input[name=quote]");
    document.addEventListener("selectionchange", () => {
      const selection = document.getSelection();
      const words = selection.toString().replace(/\s+/g, " ").trim();
      if (!words || !selection.rangeCount || !text.contains(selection.anchorNode)) return;
      if (!text.contains(selection.focusNode)) return;
      field.value = words.slice(0, field.maxLength);
      place(bar, text, selection);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") delete bar.dataset.floats;
    });
    document.addEventListener("pointerdown", (event) => {
      if (!bar.contains(event.target) && !text.contains(event.target)) delete bar.dataset.floats;
    });
  }
}
