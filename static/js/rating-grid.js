// A grid of ratings typed with the keyboard.  1-9 rate, 0 is ten, Delete is "not rated", arrows
// move.  Each change is posted at once to the cell's data-url as `rating` ("" = not rated).
import { openSheet } from "./sheet.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

const DIGIT = /^[0-9]$/;
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const isCell = (target) => target.matches?.("input.rating-input");

function show(cell, text) {
  cell.value = text;
  cell.dataset.level = text || "none";
  if (text) {
    cell.setAttribute("aria-valuenow", text);
    cell.removeAttribute("aria-valuetext");
  } else {
    cell.removeAttribute("aria-valuenow");
    cell.setAttribute("aria-valuetext", word("notRated"));
  }
}

const headers = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");

async function save(cell, text) {
  const before = cell.dataset.level === "none" ? "" : cell.dataset.level;
  if (text === before) return show(cell, before);
  show(cell, text);
  cell.dataset.state = "saving";
  const turn = (cell.turn = (cell.turn ?? 0) + 1); // only the latest answer speaks for the cell
  const answer = await fetch(cell.dataset.url, {
    method: "POST",
    headers: { ...headers(), "HX-Request": "true" },
    body: new URLSearchParams({ rating: text }),
  }).catch(() => null);
  if (turn !== cell.turn) return;
  if (answer?.ok) {
    delete cell.dataset.state;
    cell.dispatchEvent(new CustomEvent("rated", { bubbles: true, detail: { rating: text } }));
  } else {
    show(cell, before);
    cell.dataset.state = "failed";
    toast(word("failed"), "error");
  }
}

function move(cell, [down, right]) {
  const row = cell.closest("tr");
  const column = cell.closest("td, th").cellIndex;
  let next = null;
  if (right) {
    const cells = [...row.querySelectorAll("input.rating-input")];
    next = cells[cells.indexOf(cell) + right];
  }
  for (let at = row; down && !next; ) {
    at = down > 0 ? at.nextElementSibling : at.previousElementSibling;
    if (!at) break;
    next = at.cells[column]?.querySelector("input.rating-input");
  }
  next?.focus();
}

function onKey(event) {
  const cell = event.target;
  if (!isCell(cell) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (DIGIT.test(event.key)) {
    save(cell, event.key === "0" ? "10" : event.key);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    save(cell, "");
  } else if (event.key in STEPS) {
    move(cell, STEPS[event.key]);
  } else if (event.key === "Enter") {
    move(cell, STEPS[event.shiftKey ? "ArrowUp" : "ArrowDown"]);
  } else if (event.key.length > 1) {
    return; // Tab, Escape, Home: as everywhere
  }
  event.preventDefault();
}

// Keyboards of phones and pastes do not come as keys.
function onInput(event) {
  if (!isCell(event.target)) return;
  const typed = Number.parseInt(event.target.value, 10);
  save(event.target, Number.isNaN(typed) ? "" : String(typed === 0 ? 10 : Math.min(typed, 10)));
}

// A block from a spreadsheet fills the grid from this cell on; what it changes is shown first.
function onPaste(event) {
  const cell = event.target;
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!isCell(cell) || !/[\t\n]/.test(text.replace(/[\r\n]+$/, ""))) return;
  const table = cell.closest("table[data-paste]");
  if (!table) return;
  event.preventDefault();
  const column = cell.closest("td, th").cellIndex;
  const rows = [...table.tBodies[0].rows];
  openSheet(table.dataset.paste, {
    text,
    start: table.tHead.rows[0].cells[column].dataset.criterion ?? "",
    rows: rows.slice(rows.indexOf(cell.closest("tr"))).map((row) => row.dataset.client).join(),
  });
}

// What makes an input a cell of the grid, said here once and not in every cell of the page.
export function refresh(root) {
  for (const cell of root.querySelectorAll?.("input.rating-input") ?? []) {
    Object.assign(cell, { inputMode: "numeric", maxLength: 2, autocomplete: "off" });
    cell.setAttribute("role", "spinbutton");
    cell.setAttribute("aria-valuemin", "1");
    cell.setAttribute("aria-valuemax", "10");
    show(cell, cell.value);
  }
}

export function start() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("input", onInput);
  document.addEventListener("paste", onPaste);
  document.addEventListener("focusin", (event) => isCell(event.target) && event.target.select());
}
