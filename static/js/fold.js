// A button with data-fold opens and closes what it controls; how wide a window has to be for the
// content to stand open anyway is the style's affair.
export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fold]");
    if (!button) return;
    const folded = document.getElementById(button.getAttribute("aria-controls")).toggleAttribute("data-folded");
    button.setAttribute("aria-expanded", String(!folded));
  });
}
