// Short messages at the foot of the page: those of the server, and those of scripts.
const SECONDS = 6;

export function toast(text, tone = "info") {
  const template = document.getElementById("toast-template");
  const shown = template.content.firstElementChild.cloneNode(true);
  shown.textContent = text;
  shown.dataset.tone = tone;
  document.getElementById("toasts").append(shown);
  leaveLater(shown);
}

function leaveLater(shown) {
  let timer = setTimeout(() => shown.remove(), SECONDS * 1000);
  shown.addEventListener("pointerenter", () => clearTimeout(timer));
  shown.addEventListener("pointerleave", () => {
    timer = setTimeout(() => shown.remove(), SECONDS * 1000);
  });
  shown.addEventListener("click", () => shown.remove());
}

export function start() {
  document.querySelectorAll("[data-toast]").forEach(leaveLater);
  // A fragment's answer may carry a message: HX-Trigger: {"toast": {"text": "…", "tone": "…"}}
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.tone));
}
