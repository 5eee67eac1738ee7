// Loads what the page asks for.  Each module does one thing on one data attribute; modules that
// act inside fragments are told when htmx has put one in.
import * as current from "./current.js";
import * as dialogs from "./dialog.js";
import * as drop from "./drop.js";
import * as fold from "./fold.js";
import * as note from "./note.js";
import * as passkeys from "./passkeys.js";
import * as peopleMap from "./people-map.js";
import * as pieces from "./pieces.js";
import * as ratings from "./rating-grid.js";
import * as rule from "./rule.js";
import * as search from "./search.js";
import * as sheet from "./sheet.js";
import * as shortcuts from "./shortcuts.js";
import * as sliders from "./slider.js";
import * as tables from "./table.js";
import * as toasts from "./toast.js";
import * as workbench from "./workbench.js";

const modules = [
  current, dialogs, drop, fold, note, passkeys, peopleMap, pieces, ratings, rule, search, sheet, shortcuts, sliders, tables, toasts, workbench,
];
for (const module of modules) {
  module.start?.();
  module.refresh?.(document);
}

document.addEventListener("htmx:afterSwap", (event) => {
  for (const module of [current, pieces, ratings, shortcuts, tables]) module.refresh?.(event.target);
});
