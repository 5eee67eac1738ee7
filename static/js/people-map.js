// The map of people: cards are moved with the mouse, a finger or the arrow keys, lines follow, and
// each new place is kept at once.  Enter opens the person.  Without scripts it is a drawing.
import { openSheet } from "./sheet.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

const STEP = 8;
const FAR = 40;
const ABOVE = 22; // how far above a card its line turns, as the server draws it
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const KEEP_AFTER = 400; // ms of rest after the last key

const headers = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
const place = (card) => [Number(card.dataset.x), Number(card.dataset.y)];

function sizes(svg) {
  return { width: Number(svg.dataset.cardWidth), height: Number(svg.dataset.cardHeight) };
}

function path(svg, chief, report) {
  const { width, height } = sizes(svg);
  const [fromX, fromY] = place(chief);
  const [toX, toY] = place(report);
  const [x1, y1, x2] = [fromX + width / 2, fromY + height, toX + width / 2];
  return `M${x1} ${y1}V${toY - ABOVE}H${x2}V${toY}`;
}

function drawLines(svg) {
  for (const line of svg.querySelectorAll("[data-chief]")) {
    const chief = svg.querySelector(`[data-person="${line.dataset.chief}"]`);
    const report = svg.querySelector(`[data-person="${line.dataset.report}"]`);
    if (chief && report) line.setAttribute("d", path(svg, chief, report));
  }
}

function put(svg, card, x, y) {
  const { width, height } = sizes(svg);
  const box = svg.viewBox.baseVal;
  const right = Math.max(0, Math.min(Math.round(x), box.width - width));
  const down = Math.max(0, Math.round(y));
  card.dataset.x = right;
  card.dataset.y = down;
  card.setAttribute("transform", `translate(${right} ${down})`);
  if (down + height + 12 > box.height) {
    svg.setAttribute("viewBox", `0 0 ${box.width} ${down + height + 12}`);
  }
  drawLines(svg);
}

async function keep(svg, card) {
  const [x, y] = place(card);
  const answer = await fetch(card.dataset.position, {
    method: "POST",
    headers: headers(),
    body: new URLSearchParams({ x, y }),
  }).catch(() => null);
  if (!answer?.ok) return toast(word("failed"), "error");
  const kept = await answer.json();
  put(svg, card, kept.x, kept.y);
  svg.dataset.arranged = "yes";
}

function onKey(event) {
  const card = event.target.closest?.("[data-person]");
  const svg = card?.closest("[data-people-map]");
  if (!svg || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    openSheet(card.dataset.href);
  } else if (event.key in ARROWS && card.dataset.position) {
    event.preventDefault();
    const [x, y] = place(card);
    const step = event.shiftKey ? FAR : STEP;
    const [right, down] = ARROWS[event.key];
    put(svg, card, x + right * step, y + down * step);
    clearTimeout(card.resting);
    card.resting = setTimeout(() => keep(svg, card), KEEP_AFTER);
  }
}

function onDown(event) {
  const card = event.target.closest?.("[data-person]");
  const svg = card?.closest("[data-people-map]");
  if (!svg || event.button !== 0 || !card.dataset.position) return;
  const scale = svg.viewBox.baseVal.width / svg.getBoundingClientRect().width;
  const [x, y] = place(card);
  const from = [event.clientX, event.clientY];
  let moved = false;
  const onMove = (move) => {
    const [right, down] = [move.clientX - from[0], move.clientY - from[1]];
    moved ||= Math.hypot(right, down) > 4;
    if (moved) put(svg, card, x + right * scale, y + down * scale);
  };
  const onUp = () => {
    card.removeEventListener("pointermove", onMove);
    card.removeEventListener("pointerup", onUp);
    card.removeEventListener("pointercancel", onUp);
    delete card.dataset.moving;
    if (moved) {
      card.justMoved = true;
      keep(svg, card);
    }
  };
  card.setPointerCapture(event.pointerId);
  card.dataset.moving = "yes";
  card.addEventListener("pointermove", onMove);
  card.addEventListener("pointerup", onUp);
  card.addEventListener("pointercancel", onUp);
}

function onClick(event) {
  const card = event.target.closest?.("[data-people-map] [data-person]");
  if (!card?.dataset.href) return;
  if (card.justMoved) card.justMoved = false;
  else openSheet(card.dataset.href);
}

// On a narrow screen the drawing is wider than its frame: begin in the middle of it.
export function refresh(root) {
  for (const svg of root.querySelectorAll?.("[data-people-map]") ?? []) {
    const frame = svg.parentElement;
    frame.scrollLeft = (frame.scrollWidth - frame.clientWidth) / 2;
  }
}

export function start() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("pointerdown", onDown);
  document.addEventListener("click", onClick);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
}
