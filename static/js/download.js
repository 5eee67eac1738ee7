// Files made in the browser: the numbers of a table as CSV, a picture from its data address.
import { language } from "./words.js";

const NUMBER = /^-?\d+(\.\d+)?$/;
const separator = language === "ru" ? ";" : ","; // what spreadsheets of that language expect

function cell(element) {
  let text = (element.dataset.value ?? element.textContent).trim();
  if (NUMBER.test(text)) return language === "ru" ? text.replace(".", ",") : text;
  if (/^[=+\-@\t\r]/.test(text)) text = `'${text}`; // never a formula
  return `"${text.replaceAll('"', '""')}"`;
}

export function csv(table) {
  const lines = [...table.rows].map((row) => [...row.cells].map(cell).join(separator));
  const file = new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv" });
  return URL.createObjectURL(file);
}

export function download(name, address) {
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  if (address.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(address), 1000);
}
