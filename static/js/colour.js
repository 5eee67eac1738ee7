// Tokens as colours that Plotly can read: it knows rgb, not oklch, light-dark() or var().
const probe = document.createElement("span");
probe.hidden = true;
document.body.append(probe);
const canvas = document.createElement("canvas");
canvas.width = canvas.height = 1;
const brush = canvas.getContext("2d", { willReadFrequently: true });

export function solid(colour) {
  probe.style.color = colour;
  brush.clearRect(0, 0, 1, 1);
  brush.fillStyle = getComputedStyle(probe).color;
  brush.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = brush.getImageData(0, 0, 1, 1).data;
  return `rgba(${red}, ${green}, ${blue}, ${(alpha / 255).toFixed(3)})`;
}

// The same value with every "var(--token)" and "color-mix(…)" in it made solid.
export function colours(value) {
  if (typeof value === "string") return /^(var|color-mix)\(/.test(value) ? solid(value) : value;
  if (Array.isArray(value)) return value.map(colours);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, colours(part)]));
  }
  return value;
}
