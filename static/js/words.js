// Texts of the interface that scripts need; the server writes them in the person's language.
const words = document.getElementById("words")?.dataset ?? {};

export const word = (name) => words[name] ?? "";

export const language = document.documentElement.lang;
