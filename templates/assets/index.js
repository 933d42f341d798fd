// Filters the list of tables while somebody types. Without this the search is a plain form.

import { ask } from "./ask.js";

const search = document.getElementById("q");
const status = document.getElementById("status");
const list = document.getElementById("list");
// Milliseconds after the last key until the address and the text for screen readers follow.
const TYPING = 300;
let whole = search && search.value === "" ? lines() : null;
let typing = null;

/** Every table's item with the text that is searched: schema, name and description. */
function lines() {
  return [...list.querySelectorAll("section")].flatMap((section) => {
    const schema = section.querySelector("h2 bdi").textContent;
    return [...section.querySelectorAll("li")].map((line) => {
      const about = line.querySelector(".about")?.textContent ?? "";
      const text = `${schema}.${line.querySelector("a").textContent}\n${about}`;
      return { line, section, text: text.toLowerCase() };
    });
  });
}

/** The list of all tables, fetched where the page came with a search. */
async function everything() {
  if (whole) return whole;
  const onBusy = () => (status.textContent = "The server is busy, trying again…");
  const response = await ask("/", { headers: { accept: "text/html" } }, onBusy);
  if (!response.ok) throw new Error(`status ${response.status}`);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  list.replaceChildren(...page.getElementById("list").children);
  whole = lines();
  return whole;
}

async function find() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const all = await everything();
  const found = new Set();
  let count = 0;
  for (const { line, section, text } of all) {
    const fits = words.every((word) => text.includes(word));
    line.hidden = !fits;
    if (!fits) continue;
    count += 1;
    found.add(section);
  }
  for (const section of list.children) section.hidden = !found.has(section);
  for (const link of document.querySelectorAll(".jump a")) {
    const section = document.querySelector(link.hash)?.closest("section");
    link.parentElement.hidden = !section || section.hidden;
  }
  document.getElementById("empty").hidden = count > 0;
  document.getElementById("empty-q").textContent = search.value;
  clearTimeout(typing);
  typing = setTimeout(() => announce(count, all.length), TYPING);
}

function announce(count, total) {
  const q = search.value;
  history.replaceState(null, "", q ? `/?${new URLSearchParams({ _q: q })}` : "/");
  const grouped = (number) => number.toLocaleString("en");
  status.textContent = q ? `${grouped(count)} of ${grouped(total)} match “${q}”.` : "";
}

// Where the list cannot be fetched, the form is sent as without a script.
search?.addEventListener("input", () => find().catch(() => search.form.requestSubmit()));
search?.form.addEventListener("submit", (event) => {
  if (whole) event.preventDefault();
});
