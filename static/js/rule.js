// Cut points on a histogram, dragged by mouse or moved by arrow keys.  A handle and its field say
// the same; the server answers the field's input with the shares.
import { language } from "./words.js";

const FINE = 0.005; // of the axis, a press of an arrow
const COARSE = 0.05; // with Shift, and a press of Page Up or Page Down
const STEPS = {
  ArrowRight: FINE, ArrowUp: FINE, ArrowLeft: -FINE, ArrowDown: -FINE,
  PageUp: COARSE, PageDown: -COARSE,
};

const asNumber = (text) =>
  Number.parseFloat(String(text).replace(/[\s\u00a0\u202f]/g, "").replace(",", ".").replace("−", "-"));
const plotOf = (element) => element.closest("form[data-rule]")?.querySelector(".rule-plot");
const fieldOf = (handle) => handle.closest("form").elements[handle.dataset.name];

// The axis as the server draws it: straight, or logarithmic away from zero on both sides.
function axisOf(plot) {
  const { kind, low, high, unit } = plot.dataset;
  const bend = kind === "log" ? (x) => Math.sign(x) * Math.log1p(Math.abs(x) / unit) : (x) => x;
  const back = kind === "log" ? (x) => Math.sign(x) * Math.expm1(Math.abs(x)) * unit : (x) => x;
  const [from, to] = [bend(Number(low)), bend(Number(high))];
  return {
    place: (value) => Math.min(1, Math.max(0, (bend(value) - from) / (to - from))),
    value: (place) => back(from + Math.min(1, Math.max(0, place)) * (to - from)),
  };
}

// As many digits as a step along the axis is worth there, and no more.
function readable(value, neighbour) {
  const apart = Math.abs(neighbour - value) || Math.abs(value) || 1;
  const power = Math.floor(Math.log10(apart));
  const rounded = Math.round(value / 10 ** power) * 10 ** power;
  return power < 0 ? Number(rounded.toFixed(-power)) : rounded;
}

// As people write numbers: thin spaces in thousands, a true minus.
const format = new Intl.NumberFormat(language, { maximumFractionDigits: 9 });
const PARTS = { group: "\u202f", minusSign: "−" };
const spaced = (value) =>
  format.formatToParts(value).map(({ type, value: text }) => PARTS[type] ?? text).join("");

function put(handle, axis, value) {
  handle.setAttribute("x", `${(axis.place(value) * 100).toFixed(2)}%`);
  handle.setAttribute("aria-valuenow", value);
  handle.setAttribute("aria-valuetext", spaced(value));
}

// A cut point stays between its neighbours.
function between(handle, value) {
  const all = [...handle.parentElement.querySelectorAll(".rule-handle")];
  const at = all.indexOf(handle);
  const end = (other, none) => (other ? asNumber(fieldOf(other).value) : none);
  return Math.min(Math.max(value, end(all[at - 1], -Infinity)), end(all[at + 1], Infinity));
}

function move(handle, place) {
  const axis = axisOf(plotOf(handle));
  const value = axis.value(place);
  const step = place < 1 - FINE ? axis.value(place + FINE) : axis.value(place - FINE);
  const found = between(handle, readable(value, step));
  const field = fieldOf(handle);
  put(handle, axis, found);
  if (asNumber(field.value) === found) return;
  field.value = spaced(found);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

let held = null;

function onDown(event) {
  const handle = event.target.closest?.(".rule-handle");
  if (!handle || event.button) return;
  held = { handle, axis: plotOf(handle).getBoundingClientRect() };
  handle.setPointerCapture?.(event.pointerId);
  handle.focus();
  event.preventDefault();
}

function onMove(event) {
  if (!held) return;
  move(held.handle, (event.clientX - held.axis.left) / held.axis.width);
}

function onKey(event) {
  const handle = event.target.closest?.(".rule-handle");
  if (!handle || event.ctrlKey || event.metaKey || event.altKey) return;
  const axis = axisOf(plotOf(handle));
  const before = asNumber(fieldOf(handle).value);
  if (event.key === "Home" || event.key === "End") {
    move(handle, event.key === "End" ? 1 : 0);
  } else if (event.key in STEPS) {
    const step = event.shiftKey ? Math.sign(STEPS[event.key]) * COARSE : STEPS[event.key];
    // Rounding may give the value back: then a little further.
    for (let times = 1; times < 12; times += 1) {
      move(handle, axis.place(before) + step * times);
      if (asNumber(fieldOf(handle).value) !== before) break;
    }
  } else return;
  event.preventDefault();
}

// What is typed moves the handle.
function onInput(event) {
  const plot = event.target.name ? plotOf(event.target) : null;
  const handle = plot?.querySelector(`.rule-handle[data-name="${event.target.name}"]`);
  const value = asNumber(event.target.value);
  if (handle && Number.isFinite(value) && !held && document.activeElement !== handle) {
    put(handle, axisOf(plot), value);
  }
}

// Enter in a number shows what it does; saving is the button's business.
function onEnter(event) {
  if (event.key === "Enter" && event.target.matches?.("form[data-rule] input")) event.preventDefault();
}

export function start() {
  document.addEventListener("pointerdown", onDown);
  document.addEventListener("pointermove", onMove);
  for (const name of ["pointerup", "pointercancel"]) {
    document.addEventListener(name, () => { held = null; });
  }
  document.addEventListener("keydown", onKey);
  document.addEventListener("keydown", onEnter);
  document.addEventListener("input", onInput);
  // New handles come with every answer; those in use stay.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const old = event.detail.target;
    if (old?.id === "rule-handles" && (held || old.contains(document.activeElement))) {
      event.detail.shouldSwap = false;
    }
  });
}
