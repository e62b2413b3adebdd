// The page works without this script: it adds the filter, the search, links to hidden clauses and the copy buttons.
const rows = [...document.querySelectorAll(".clause")];
const groups = [...document.querySelectorAll(".operation")];
const boxes = [...document.querySelectorAll(".controls input[type=checkbox]")];
const search = document.querySelector("input[type=search]");
const count = document.querySelector(".count");
const showAll = document.querySelector(".show-all");
const texts = new Map();

function matches(row) {
  if (!search.value) return true;
  if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
  return search.value.toLowerCase().split(/\s+/).every((word) => texts.get(row).includes(word));
}

function filter() {
  const shown = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  let visible = 0;
  let others = 0;
  for (const row of rows) {
    const matching = matches(row);
    row.hidden = !(matching && shown.has(row.dataset.status));
    visible += !row.hidden;
    others += matching && row.hidden;
  }
  for (const group of groups) group.hidden = !group.querySelector(".clause:not([hidden])");
  count.textContent = `${visible} of ${rows.length} clauses shown` + (search.value ? `, ${others} more match the search` : "");
  showAll.hidden = !others;
}

function showEverything() {
  for (const box of boxes) box.checked = true;
  filter();
}

function follow() {
  const row = document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest(".clause");
  if (!row) return;
  if (row.hidden) {
    search.value = "";
    for (const box of boxes) box.checked ||= box.value === row.dataset.status;
    filter();
  }
  row.open = true; // new browsers do it themselves
  row.scrollIntoView();
  row.querySelector("summary").focus({ preventScroll: true });
}

function copy(button, element) {
  // A page that was opened from a file may not use navigator.clipboard.
  getSelection().selectAllChildren(element);
  if (document.execCommand("copy")) button.textContent = "Copied";
}

for (const element of document.querySelectorAll(".command pre")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", () => copy(button, element));
  element.after(button);
}
const controls = document.querySelector(".controls");
controls.hidden = false;
controls.addEventListener("submit", (event) => event.preventDefault()); // Enter would load the page again
for (const box of boxes) box.addEventListener("change", filter);
search.addEventListener("input", filter);
showAll.addEventListener("click", showEverything);
addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && event.target !== search) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && event.target === search) {
    search.value = "";
    filter();
  }
});
addEventListener("hashchange", follow);
addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link && link.hash === location.hash) follow(); // the same link again changes no hash
});
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details.failed:not([open]), details.error:not([open]), .more:not([open])")];
  for (const one of opened) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of opened) one.open = false;
});
filter();
follow();
