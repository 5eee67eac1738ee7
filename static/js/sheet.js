// A link with data-sheet opens in the drawer on the right; without scripts it is just a link.
const dialog = document.getElementById("sheet");
const body = document.getElementById("sheet-body");

const fill = (id) => body.replaceChildren(document.getElementById(id).content.cloneNode(true));

// With values they are posted, else the address is read.
export async function openSheet(address, values) {
  fill("sheet-wait");
  if (!dialog.open) dialog.showModal();
  const how = { source: body, target: body, swap: "innerHTML" };
  await htmx.ajax(values ? "POST" : "GET", address, values ? { ...how, values } : how);
}

export function start() {
  if (!dialog) return;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-sheet]");
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!link || !plain) return;
    event.preventDefault();
    openSheet(link.href);
  });
  for (const failure of ["htmx:responseError", "htmx:sendError"]) {
    body.addEventListener(failure, () => fill("sheet-failed"));
  }
  body.addEventListener("htmx:afterSwap", () => {
    const title = body.querySelector("h2");
    if (title) dialog.setAttribute("aria-label", title.textContent.trim());
  });
  dialog.addEventListener("close", () => body.replaceChildren());
}
