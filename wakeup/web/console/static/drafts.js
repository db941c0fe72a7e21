// Keeps in this tab what was typed at the desk or on the page of a case and is not sent yet, so that a reload does not
// lose it. It is removed once it was recorded, and at the end of the session.
const DRAFT = "draft:";
// Each session has another token for its forms, so the next user of this tab does not get the drafts of the last one.
const session = document.querySelector(".me [name=csrf]")?.value;
const PREFIX = `${DRAFT}${session}:`;
// The other tabs share the session. A hidden one has no stream, so it hears of the end only here.
const others = new BroadcastChannel("wakeup-signed-out");
let ended = false;

function forgetWhere(holds) {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(DRAFT) && holds(key)) sessionStorage.removeItem(key);
}
// An error page may know no session.
if (session) forgetWhere((key) => !key.startsWith(PREFIX));

// The name of a form says which call it is about: what is known from one must not fill the form of another.
const keyOf = (form) => PREFIX + form.dataset.draft;

export function forget(draft) {
  sessionStorage.removeItem(PREFIX + draft);
}

export function forgetAll() {
  ended = true;
  forgetWhere(() => true);
}

// Tells this page that its session is over. A page that follows news looks at its drafts before they are forgotten.
export function signedOut() {
  dispatchEvent(new Event("signed-out"));
  forgetAll();
}

others.addEventListener("message", signedOut);

export function signOut() {
  forgetAll();
  others.postMessage("");
}

export const unsent = (form) => form !== null && sessionStorage.getItem(keyOf(form)) !== null;

// A hidden field says what the page showed when it was made: a fresh page knows better.
const isTyped = (field) => field.type !== "hidden";

function keep(form) {
  const asked = new Set([...form.elements].filter(isTyped).map((field) => field.name));
  const typed = [...new FormData(form)].filter(([name, value]) => asked.has(name) && value !== "");
  if (ended || !typed.length) sessionStorage.removeItem(keyOf(form));
  else sessionStorage.setItem(keyOf(form), JSON.stringify(Object.fromEntries(typed)));
}

// True of a field that was filled in before this script was loaded.
function filledIn(field) {
  if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field.type === "select-one") return field.selectedIndex > 0 && !field.selectedOptions[0].defaultSelected;
  return isTyped(field) && field.value !== (field.defaultValue ?? field.value);
}

function restore(form) {
  const kept = sessionStorage.getItem(keyOf(form));
  if (kept === null) return;
  const typed = JSON.parse(kept);
  for (const field of form.elements) {
    if (!isTyped(field) || filledIn(field)) continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = typed[field.name] === field.value;
    else if (field.name) field.value = typed[field.name] ?? "";
  }
  // What is folded away looks lost.
  const folded = form.closest("details");
  if (folded) folded.open = true;
}

export function keepDrafts() {
  for (const form of document.querySelectorAll("[data-draft]")) {
    // A form that was refused comes back as it was sent.
    const early = [...form.elements].some(filledIn);
    if (!("typed" in form.dataset)) restore(form);
    if (early || "typed" in form.dataset) keep(form);
    form.addEventListener("input", () => keep(form));
  }
}
