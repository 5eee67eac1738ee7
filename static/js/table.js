// Tables: a click anywhere in a row opens it, and each person chooses the columns they see.
// <table data-table="clients"> remembers the choice in this browser; columns carry data-column,
// and those with data-narrow="no" are left out on a narrow screen until the person chooses.
const narrow = matchMedia("(max-width: 40rem)");
const key = (table) => `columns:${table.dataset.table}${narrow.matches ? ":narrow" : ""}`;
const headsOf = (table) => [...table.tHead.rows[0].cells];

function hiddenOf(table) {
  const chosen = localStorage.getItem(key(table));
  if (chosen) return new Set(JSON.parse(chosen));
  const left = headsOf(table).filter((head) => narrow.matches && head.dataset.narrow === "no");
  return new Set(left.map((head) => head.dataset.column));
}

function apply(table) {
  const hidden = hiddenOf(table);
  const heads = headsOf(table);
  for (const row of table.rows) {
    if (row.cells.length !== heads.length) continue; // a row that spans, such as the key line
    heads.forEach((head, index) => {
      row.cells[index].hidden = hidden.has(head.dataset.column);
    });
  }
}

function offer(table) {
  const choice = document.querySelector(`[data-columns-of="${table.dataset.table}"]`);
  if (!choice) return;
  const hidden = hiddenOf(table);
  choice.replaceChildren();
  for (const head of headsOf(table).slice(1)) {
    if (!head.dataset.column) continue;
    const label = document.createElement("label");
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", checked: !hidden.has(head.dataset.column) });
    box.addEventListener("change", () => {
      box.checked ? hidden.delete(head.dataset.column) : hidden.add(head.dataset.column);
      localStorage.setItem(key(table), JSON.stringify([...hidden]));
      apply(document.querySelector(`table[data-table="${table.dataset.table}"]`));
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

function openRow(event) {
  const row = event.target.closest("tr[data-href]");
  const busy = event.target.closest("a, button, input, select, label, summary");
  if (!row || busy || String(getSelection())) return;
  if (event.metaKey || event.ctrlKey) window.open(row.dataset.href, "_blank", "noopener");
  else location.assign(row.dataset.href);
}

function closeChoices(event) {
  for (const open of document.querySelectorAll("details.column-choice[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
}

// A file leaves out the columns that the person has chosen not to see.
function tellHidden(event) {
  const form = event.target.closest("form[data-export]");
  const table = form && document.querySelector(`table[data-table="${form.dataset.export}"]`);
  const chosen = table && localStorage.getItem(key(table));
  if (!chosen) return;
  const query = new URLSearchParams(form.elements.query.value);
  query.set("hidden", JSON.parse(chosen).join(","));
  form.elements.query.value = query;
}

export function start() {
  document.addEventListener("submit", tellHidden);
  document.addEventListener("click", openRow);
  document.addEventListener("click", closeChoices);
  narrow.addEventListener("change", () => refresh(document));
}
