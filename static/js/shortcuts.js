// Keys that work everywhere outside of a field: / goes to the search, c opens what can be created,
// ? lists the keys.  Who speaks to the machine or misses keys switches them off in the profile.
const isTyping = (target) => target.matches?.("input, textarea, select, [contenteditable]");

// The menu comes from the server when it is opened; the arrows and Enter are at hand then.
export function refresh(root) {
  if (root.id === "create-menu") root.querySelector("a")?.focus();
}

export function start() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.documentElement.dataset.shortcuts === "off") return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "?") {
      document.getElementById("shortcuts")?.showModal();
      return;
    }
    const button = document.querySelector(`[data-shortcut-click="${CSS.escape(event.key)}"]`);
    if (button) {
      event.preventDefault();
      button.click();
      return;
    }
    const target = document.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.select?.();
  });
}
