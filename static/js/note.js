// A note written on the way: what is typed stays on this device until it has been sent, and only
// until then.  Without a connection the form says so and keeps what was written.
const KEPT = ["client", "kind", "text", "satisfaction", "next_what", "next_due"];
const HOURS = 48;

function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(key) || "null");
    return kept && Date.now() - kept.at < HOURS * 3_600_000 ? kept.values : null;
  } catch {
    return null;
  }
}

function forgetAll() {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith("kam-note-")) localStorage.removeItem(key);
  }
}

export function start() {
  // A short form that adds to a list stands ready for the next one.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.target.matches("form[data-clears]")) event.target.reset();
  });
  if (document.querySelector("[data-note-sent]")) forgetAll();
  const form = document.querySelector("form[data-note]");
  // Whoever signs out leaves nothing on a device that others use.
  if (document.documentElement.dataset.signedIn === "no") forgetAll();
  if (!form) return;
  const key = form.dataset.note;
  const told = form.querySelector("[data-note-told]");
  const say = (words, tone) => {
    told.textContent = words;
    told.dataset.tone = tone;
    told.hidden = false;
  };
  const keep = () => {
    const data = new FormData(form);
    const values = Object.fromEntries(KEPT.map((name) => [name, data.get(name) || ""]));
    const typed = KEPT.some((name) => name !== "kind" && values[name]);
    if (typed) localStorage.setItem(key, JSON.stringify({ at: Date.now(), values }));
    else localStorage.removeItem(key);
  };
  const kept = read(key);
  if (kept && !form.elements.text.value) {
    for (const name of KEPT) {
      const field = form.elements[name];
      if (field && kept[name] && !(name === "client" && field.value)) field.value = kept[name];
    }
    say(form.dataset.kept, "watch");
  } else if (!kept) localStorage.removeItem(key);
  form.addEventListener("input", keep);
  for (const button of form.querySelectorAll("[data-note-client]")) {
    button.addEventListener("click", () => {
      form.elements.client.value = button.dataset.noteClient;
      keep();
      form.elements.text.focus();
    });
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    keep();
    const button = form.querySelector("button.primary");
    button.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      if (answer.redirected && answer.ok) {
        localStorage.removeItem(key);
        location.assign(answer.url);
        return;
      }
      // Refused: the server shows the form with what is to be mended.
      form.submit();
    } catch {
      say(form.dataset.lost, "bad");
      button.disabled = false;
      told.scrollIntoView({ block: "nearest" });
    }
  });
}
