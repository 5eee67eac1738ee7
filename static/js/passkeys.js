// <form data-passkey="create|get" data-options="address, or #id of an element that holds them">:
// the button asks the device, and the form is sent with what it answers in the field "credential".
// Browsers and addresses that know no passkeys do not show the form, but [data-passkey-none].
export const able =
  window.isSecureContext && "PublicKeyCredential" in window &&
  !/^[\d.]+$|^\[/.test(location.hostname);

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const opened = (list) => list?.map((each) => ({ ...each, id: bytes(each.id) }));

async function asked(form) {
  const { options } = form.dataset;
  if (options.startsWith("#")) return JSON.parse(document.querySelector(options).textContent);
  const answer = await fetch(options, {
    method: "POST",
    headers: { "x-csrftoken": form.elements.csrfmiddlewaretoken.value },
  });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).message ?? "");
  return answer.json();
}

async function answered(kind, { publicKey }) {
  const known = { ...publicKey, challenge: bytes(publicKey.challenge) };
  known.allowCredentials = opened(known.allowCredentials);
  known.excludeCredentials = opened(known.excludeCredentials);
  if (known.user) known.user = { ...known.user, id: bytes(known.user.id) };
  const found = await navigator.credentials[kind]({ publicKey: known });
  const response = {};
  for (const name of [
    "clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle",
  ]) {
    if (found.response[name]) response[name] = text(found.response[name]);
  }
  if (found.response.getTransports) response.transports = found.response.getTransports();
  return {
    type: found.type, id: found.id, rawId: text(found.rawId), response,
    clientExtensionResults: found.getClientExtensionResults(),
  };
}

async function send(event) {
  event.preventDefault();
  const form = event.target;
  const said = form.querySelector("[data-passkey-said]");
  const button = form.querySelector("button");
  said.hidden = true;
  button.disabled = true;
  try {
    const credential = await answered(form.dataset.passkey, await asked(form));
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  } catch (error) {
    // What browsers say of it is for programmers; the server's words are for people.
    said.textContent = (error.constructor === Error && error.message) || said.dataset.passkeySaid;
    said.hidden = false;
    button.disabled = false;
  }
}

export function start() {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = !able;
    form.addEventListener("submit", send);
  }
  for (const note of document.querySelectorAll("[data-passkey-none]")) note.hidden = able;
}
