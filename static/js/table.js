// Tables: a click anywhere in a row opens it, and each person chooses the columns they see.
// <table data-table="clients"> remembers the choice in this browser; columns carry data-column.
const key = (table) => `columns:${table.dataset.table}`;
const hiddenOf = (table) => JSON.parse(localStorage.getItem(key(table)) ?? "[]");

function apply(table) {
  const hidden = new Set(hiddenOf(table));
  const heads = [...table.tHead.rows[0].cells];
  for (const row of table.rows) {
    if (row.cells.length !== heads.length) continue; // a row that spans, such as the key line
    heads.forEach((head, index) => {
      row.cells[index].hidden = hidden.has(head.dataset.column);
    });
  }
}

function offer(table) {
  const choice = document.querySelector(`[data-columns-of="${table.dataset.table}"]`);
  if (!choice || choice.childElementCount) return;
  const hidden = new Set(hiddenOf(table));
  for (const head of [...table.tHead.rows[0].cells].slice(1)) {
    if (!head.dataset.column) continue;
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), {
      type: "checkbox",
      checked: !hidden.has(head.dataset.column),
    });
    box.addEventListener("change", () => {
      box.checked ? hidden.delete(head.dataset.column) : hidden.add(head.dataset.column);
      localStorage.setItem(key(table), JSON.stringify([...hidden]));
      apply(document.querySelector(`[data-table="${table.dataset.table}"]`));
    });
    label.append(box, head.textContent.trim());
    choice.append(label);
  }
}

export function refresh(root) {
  const inside = root.querySelectorAll?.("table[data-table]") ?? [];
  const around = root.closest?.("table[data-table]");
  for (const table of new Set([...inside, ...(around ? [around] : [])])) {
    offer(table);
    apply(table);
  }
}

export function start() {
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    const busy = event.target.closest("a, button, input, select, label, summary");
    if (!row || busy || String(getSelection())) return;
    if (event.metaKey || event.ctrlKey) window.open(row.dataset.href, "_blank", "noopener");
    else location.assign(row.dataset.href);
  });
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll("details.column-choice[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });
}
