// Draws the figures of the page with Plotly.  The server decides what is shown; this module
// gives it the paper, ink and type of the theme, and redraws when the theme or the width changes.
// Colours of a figure are tokens, "var(--series-2)"; texts in the data lose "<", because Plotly
// would read them as markup.
import { colours, solid } from "./colour.js";
import { csv, download } from "./download.js";
import { language, word } from "./words.js";

const TEXTS = ["x", "y", "text", "hovertext", "name", "labels", "ids", "customdata"];
const MARKS = language === "ru" ? ",\u202f" : ".\u202f"; // decimal mark, space in thousands

const harmless = (value) =>
  Array.isArray(value) ? value.map(harmless)
  : typeof value === "string" ? value.replaceAll("<", "‹")
  : value;

function read(chart) {
  // In a template, because htmx takes every script out of what it puts in.
  const held = chart.querySelector("template").content;
  const figure = JSON.parse(held.querySelector('script[type="application/json"]').textContent);
  for (const trace of figure.data) {
    for (const name of TEXTS) if (name in trace) trace[name] = harmless(trace[name]);
  }
  return figure;
}

function themed({ data, layout = {} }) {
  const [ink, quiet, line, strong, raised] = ["ink", "ink-2", "line", "line-strong", "raised"]
    .map((name) => solid(`var(--${name})`));
  const font = { family: "Onest, system-ui, sans-serif", size: 12, color: quiet };
  const axis = { automargin: true, color: quiet, zeroline: false, ticks: "", fixedrange: true };
  const given = colours(layout);
  return {
    data: colours(data),
    layout: {
      showlegend: false,
      dragmode: false,
      hovermode: "closest",
      bargap: 0.35,
      barcornerradius: 2,
      ...given,
      font: { ...font, ...given.font },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      separators: MARKS,
      colorway: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => solid(`var(--series-${n})`)),
      margin: { t: 12, r: 12, b: 32, l: 44, ...given.margin },
      legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", ...given.legend },
      hoverlabel: { bgcolor: raised, bordercolor: strong, font: { ...font, color: ink } },
      xaxis: { ...axis, showgrid: false, showline: true, linecolor: strong, ...given.xaxis },
      yaxis: { ...axis, gridcolor: line, zeroline: true, zerolinecolor: strong, ...given.yaxis },
    },
  };
}

const CONFIG = { displayModeBar: false, displaylogo: false, locale: language };

const MONTH = 40; // pixels that the name of a month takes
const NARROW = 480;

// Fewer months are named where all would not fit; the last one always is.
function thinned(layout, width) {
  const { type, tickvals, ticktext } = layout.xaxis;
  if (type !== "date" || !tickvals) return;
  const room = width - layout.margin.r - 56; // the names of the amounts beside it
  const step = Math.max(1, Math.ceil((tickvals.length * MONTH) / Math.max(room, MONTH)));
  const last = tickvals[0] > tickvals.at(-1) ? 0 : tickvals.length - 1;
  const kept = (_, index) => Math.abs(index - last) % step === 0;
  layout.xaxis.tickvals = tickvals.filter(kept);
  layout.xaxis.ticktext = ticktext.filter(kept);
  layout.xaxis.tickangle = 0;
}

const boxes = (plot) => [...plot.querySelectorAll(".annotation-text-g")]
  .map((text) => [text, text.getBoundingClientRect()]);

// Texts at the right edge get the room they need.  Names that a figure can spare give way to others
// on a narrow screen.
async function fitted(plot, layout) {
  const edge = plot.getBoundingClientRect().right;
  const over = Math.max(0, ...boxes(plot).map(([, box]) => box.right - edge));
  if (over > 0) await Plotly.relayout(plot, { "margin.r": layout.margin.r + over * 1.4 + 4 });
  if (!layout.meta?.spare || plot.clientWidth > NARROW) return;
  const shown = [];
  for (const [text, box] of boxes(plot)) {
    const covers = shown.some((other) => other.left < box.right && box.left < other.right
      && other.top < box.bottom && box.top < other.bottom);
    if (covers) text.remove();
    else shown.push(box);
  }
}

async function draw(chart) {
  const plot = chart.querySelector(".chart-plot");
  chart.figure ??= read(chart);
  chart.drawnAt = plot.clientWidth;
  const { data, layout } = themed(chart.figure);
  thinned(layout, plot.clientWidth);
  await Plotly.react(plot, data, layout, CONFIG);
  await fitted(plot, layout);
}

async function picture(chart) {
  const plot = chart.querySelector(".chart-plot");
  const { data, layout } = themed(chart.figure);
  const title = chart.querySelector("h3").textContent;
  const under = chart.querySelector(".chart-head p")?.textContent ?? "";
  layout.paper_bgcolor = solid("var(--paper)");
  layout.title = {
    text: harmless(title), subtitle: { text: harmless(under) }, x: 0.02, xanchor: "left",
    font: { size: 17, color: solid("var(--ink)") },
  };
  layout.margin = { ...layout.margin, t: 84 };
  const size = { width: Math.max(plot.clientWidth, 640), height: plot.clientHeight + 72 };
  return Plotly.toImage({ data, layout, config: CONFIG }, { format: "png", scale: 2, ...size });
}

// Names of days and months as the browser knows them: Plotly ships English alone.
function registerLanguage() {
  const names = (part, style, count, date) => Array.from({ length: count }, (_, index) =>
    new Intl.DateTimeFormat(language, { [part]: style, timeZone: "UTC" }).format(date(index)));
  const day = (index) => new Date(Date.UTC(2023, 0, 1 + index)); // a Sunday
  const month = (index) => new Date(Date.UTC(2023, index, 1));
  Plotly.register({
    moduleType: "locale",
    name: language,
    dictionary: {},
    format: {
      days: names("weekday", "long", 7, day),
      shortDays: names("weekday", "short", 7, day),
      months: names("month", "long", 12, month),
      shortMonths: names("month", "short", 12, month).map((name) => name.replace(".", "")),
      decimal: MARKS[0],
      thousands: MARKS[1],
      date: language === "ru" ? "%d.%m.%Y" : "%d %b %Y",
    },
  });
}

async function resized(plot) {
  const chart = plot.closest("[data-chart]");
  if (chart.drawnAt === plot.clientWidth) return;
  chart.drawnAt = plot.clientWidth;
  await Plotly.Plots.resize(plot);
  await draw(chart);
}

const all = () => [...document.querySelectorAll("[data-chart]")];
const widths = new ResizeObserver((changes) => {
  for (const { target } of changes) {
    if (!target.isConnected) widths.unobserve(target); // htmx has put another in its place
    else if (target.data && target.clientWidth) resized(target);
  }
});

function prepare(chart) {
  if (chart.dataset.ready) return;
  chart.dataset.ready = "yes";
  const plot = chart.querySelector(".chart-plot");
  if (!window.Plotly) {
    plot.dataset.state = "failed";
    plot.textContent = word("noChart");
    chart.querySelector("details")?.setAttribute("open", "");
    return;
  }
  draw(chart);
  widths.observe(plot);
  const name = `${chart.dataset.chart}-${new Date().toISOString().slice(0, 10)}`;
  chart.querySelector("[data-chart-png]")?.addEventListener("click", async () =>
    download(`${name}.png`, await picture(chart)));
  chart.querySelector("[data-chart-csv]")?.addEventListener("click", () =>
    download(`${name}.csv`, csv(chart.querySelector("table"))));
}

if (window.Plotly && language !== "en") registerLanguage();
all().forEach(prepare);
document.addEventListener("htmx:afterSwap", () => all().forEach(prepare));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => all().forEach(draw));

// Paper is light, whatever the screen is.
let theme = "";
window.addEventListener("beforeprint", () => {
  theme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
  all().forEach(draw);
});
window.addEventListener("afterprint", () => {
  document.documentElement.dataset.theme = theme;
  all().forEach(draw);
});
