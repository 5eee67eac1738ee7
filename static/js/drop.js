// A form with data-drop takes a file that is dropped anywhere on its zone.
export function start() {
  for (const form of document.querySelectorAll("form[data-drop]")) {
    const zone = form.querySelector(".drop-zone");
    const input = form.querySelector("input[type=file]");
    if (!zone || !input) continue;
    const over = (on) => zone.toggleAttribute("data-over", on);
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      over(true);
    });
    zone.addEventListener("dragleave", () => over(false));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      if (!event.dataTransfer?.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}
