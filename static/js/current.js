// On a narrow screen rail and tabs run past its edge: the current one comes into view.
export function refresh(root) {
  for (const link of root.querySelectorAll(":is(.rail-list, .tabs) [aria-current]")) {
    const list = link.closest(".rail-list, .tabs");
    if (list.scrollWidth <= list.clientWidth) continue;
    const [at, frame] = [link.getBoundingClientRect(), list.getBoundingClientRect()];
    if (at.left >= frame.left && at.right <= frame.right) continue;
    list.scrollLeft += at.left - frame.left - (list.clientWidth - at.width) / 2;
  }
}
