// The workbench: a moved weight is shown at once, the others give way in per cent, and the server
// tells what it does to the list.  Rows glide to their new places.
const WAIT = 60; // ms without a move before the server is asked
const GLIDE = { duration: 180, easing: "cubic-bezier(0.2, 0, 0.2, 1)" };
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

const asNumber = (text) => Math.max(0, Number.parseFloat(String(text).replace(",", ".")) || 0);
const tenths = (value) => Math.round(value * 10) / 10;

function cardsOf(form) {
  return [...form.querySelectorAll("[data-weight]")].map((card) => ({
    slider: card.querySelector("input[type=range]"),
    field: card.querySelector("input[type=number]"),
    lock: card.querySelector("input[type=checkbox]"),
    share: card.querySelector("[data-share]"),
  }));
}

function put(card, value, keepField = false) {
  card.slider.value = value;
  if (!keepField) card.field.value = value;
}

// The rest of a hundred goes to the cards that are not locked, in the proportions they had when
// the hand took hold of this one.
function giveWay(form, cards, moved) {
  const others = cards.filter((card) => card !== moved && !card.lock?.checked);
  const locked = cards.filter((card) => card !== moved && card.lock?.checked);
  const room = Math.max(0, 100 - locked.reduce((sum, card) => sum + asNumber(card.field.value), 0));
  const asked = asNumber(moved.field.value);
  const value = tenths(others.length ? Math.min(asked, room) : room);
  put(moved, value, value === asked);
  const before = others.map((card) => form.held?.get(card.field.name) ?? asNumber(card.field.value));
  const total = before.reduce((sum, each) => sum + each, 0);
  let left = tenths(room - value);
  others.forEach((card, at) => {
    const last = at === others.length - 1;
    const part = total ? ((room - value) * before[at]) / total : (room - value) / others.length;
    const given = last ? tenths(left) : Math.min(left, tenths(part));
    left = tenths(left - given);
    put(card, given);
  });
}

function showShares(cards) {
  const total = cards.reduce((sum, card) => sum + asNumber(card.field.value), 0);
  const say = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
  for (const card of cards) {
    if (card.share) card.share.textContent = say.format(total ? asNumber(card.field.value) / total : 0);
  }
}

function onMove(event) {
  const form = event.target.closest("form[data-workbench]");
  if (!form) return;
  const cards = cardsOf(form);
  const moved = cards.find(({ slider, field }) => [slider, field].includes(event.target));
  if (moved) {
    form.held ??= new Map(cards.map(({ field }) => [field.name, asNumber(field.defaultValue)]));
    if (event.target === moved.slider) moved.field.value = moved.slider.value;
    else moved.slider.value = asNumber(moved.field.value);
    if (form.dataset.method === "percent") giveWay(form, cards, moved);
    showShares(cards);
  }
  ask(form);
}

function hold(event) {
  const form = event.target.closest?.("form[data-workbench]");
  if (!form) return;
  form.held = new Map(cardsOf(form).map(({ field }) => [field.name, asNumber(field.value)]));
}

function query(form) {
  const data = new URLSearchParams(new FormData(form));
  data.delete("csrfmiddlewaretoken");
  return data;
}

function ask(form) {
  form.setAttribute("aria-busy", "true"); // until the latest answer has been shown
  clearTimeout(form.waiting);
  form.waiting = setTimeout(() => {
    form.waiting = null;
    fetchParts(form);
  }, WAIT);
}

async function fetchParts(form, extra = {}) {
  form.setAttribute("aria-busy", "true");
  form.question?.abort();
  const question = (form.question = new AbortController());
  const data = query(form);
  for (const [name, value] of Object.entries(extra)) data.set(name, value);
  const address = `${form.getAttribute("action")}?${data}`;
  const answer = await fetch(address, {
    headers: { "HX-Request": "true" },
    signal: question.signal,
  }).catch(() => null);
  const text = answer?.ok ? await answer.text().catch(() => null) : null;
  if (form.question !== question) return; // only the latest answer speaks
  if (text !== null) {
    history.replaceState(history.state, "", address);
    show(form, text);
  }
  if (!form.waiting) form.removeAttribute("aria-busy");
}

function show(form, text) {
  const found = new DOMParser().parseFromString(text, "text/html");
  const places = still.matches ? null : placesOf(form);
  for (const part of found.querySelectorAll("[data-part]")) {
    form.querySelector(`[data-part="${part.dataset.part}"]`)?.replaceChildren(...part.childNodes);
  }
  if (places) glide(form, places);
}

const placesOf = (form) =>
  new Map(
    [...form.querySelectorAll("[data-glide]")].map((row) => [row.dataset.glide, row.offsetTop]),
  );

function glide(form, places) {
  for (const row of form.querySelectorAll("[data-glide]")) {
    const before = places.get(row.dataset.glide);
    if (before === undefined) row.animate({ opacity: [0, 1] }, GLIDE);
    else if (before !== row.offsetTop) {
      row.animate({ transform: [`translateY(${before - row.offsetTop}px)`, "none"] }, GLIDE);
    }
  }
}

function onClick(event) {
  const form = event.target.closest("form[data-workbench]");
  const button = event.target.closest("button");
  if (!form || !button) return;
  if (button.dataset.accept) {
    const [first, second, value] = button.dataset.accept.split("~");
    const select = form.elements[`pair.${first}.${second}`] ?? form.elements[`pair.${second}.${first}`];
    if (!select) return;
    const turned = select.name === `pair.${first}.${second}`;
    select.value = turned ? value : value.includes("/") ? value.slice(2) : value === "1" ? "1" : `1/${value}`;
    ask(form);
  } else if ("view" in button.dataset) {
    for (const each of form.querySelectorAll("input[name=top]")) each.remove();
    if (button.dataset.view) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "top", value: "1" }));
    }
    fetchParts(form);
  }
}

// Enter in a weight shows what it does; saving is the button's business.
function onKey(event) {
  const form = event.target.closest?.("form[data-workbench]");
  if (form && event.key === "Enter" && event.target.matches("input[type=number], input[type=range]")) {
    event.preventDefault();
    ask(form);
  }
}

// Some choices change what else is asked: those draw the form anew.
function onChange(event) {
  const form = event.target.closest("form[data-workbench]");
  if (!form || !("whole" in event.target.dataset)) return;
  clearTimeout(form.waiting);
  htmx.ajax("GET", `${form.getAttribute("action")}?${query(form)}`, {
    source: form,
    target: "#workbench",
    swap: "innerHTML",
  });
}

export function start() {
  document.addEventListener("input", onMove);
  document.addEventListener("change", onChange);
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  document.addEventListener("pointerdown", hold);
  document.addEventListener("focusin", hold);
}
