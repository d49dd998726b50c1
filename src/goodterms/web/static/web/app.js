// What the pages do beyond htmx: small behaviours, each bound to a data attribute, all optional.

// A link's page that has only one thing to do does it where scripts run.
document.querySelectorAll("form[data-submit-at-once]").forEach((form) => form.requestSubmit());

// Moments are shown in the reader's own zone and manner.
function localise(root) {
  const moments = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  const days = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
  root.querySelectorAll("time[datetime]").forEach((time) => {
    const isDay = time.dateTime.length === 10;
    if (!isDay) time.title = time.textContent;
    time.textContent = (isDay ? days : moments).format(new Date(time.dateTime));
  });
}
localise(document);
document.addEventListener("htmx:load", (event) => localise(event.detail.elt));

// data-key: the key that goes to an element, or presses it; never while somebody writes.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, textarea, select, [contenteditable]")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, textarea, select")) target.focus();
  else target.click();
});

// data-copy: puts the text of the element it names on the clipboard.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard.writeText("value" in source ? source.value : source.textContent);
  const said = button.querySelector("[data-copied]") || button;
  const before = said.textContent;
  said.textContent = "Copied";
  setTimeout(() => { said.textContent = before; }, 1500);
});

// data-select: shows a place in a field, from and to as the field counts them.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-select]");
  if (!button) return;
  const field = document.querySelector(button.dataset.select);
  field.focus();
  field.setSelectionRange(Number(button.dataset.from), Number(button.dataset.to));
});

// data-rows: j and k go down and up the rows of a table, by their first links; Enter opens as it always does.
document.addEventListener("keydown", (event) => {
  const steps = { j: 1, k: -1 };
  if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, textarea, select, [contenteditable]")) return;
  const links = [...document.querySelectorAll("table[data-rows] th a")];
  if (!links.length) return;
  event.preventDefault();
  const place = links.indexOf(document.activeElement) + steps[event.key];
  links[Math.max(0, Math.min(place, links.length - 1))].focus();
});

// data-length-of: counts the characters of a field as one writes, against the most that it may have.
document.addEventListener("input", (event) => {
  const told = event.target.id && document.querySelector(`[data-length-of="#${CSS.escape(event.target.id)}"]`);
  if (!told) return;
  const length = [...event.target.value.trim()].length;
  told.querySelector("[data-length]").textContent = new Intl.NumberFormat().format(length);
  told.classList.toggle("error", length > Number(told.dataset.most));
});
