// <button data-dialog="name"> opens <dialog id="name">; a click beside it closes it.
export function start() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      opener.closest("[popover]")?.hidePopover();
      document.getElementById(opener.dataset.dialog)?.showModal();
    } else if (event.target instanceof HTMLDialogElement && isBeside(event)) {
      event.target.close();
    }
  });
}

function isBeside(event) {
  const box = event.target.getBoundingClientRect();
  return (
    event.clientX < box.left || event.clientX > box.right ||
    event.clientY < box.top || event.clientY > box.bottom
  );
}
