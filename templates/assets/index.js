// Finds tables as one types. Without this the search is a plain form, and the server finds.

const search = document.getElementById("q");
const said = document.getElementById("said");
const list = document.getElementById("list");
// Milliseconds of rest after which the address and the words for screen readers follow.
const TYPING = 300;
let whole = search && search.value === "" ? lines() : null;
let typing = null;

/** Every table's line with the text that is searched: schema, name and description. */
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

/** The list of all tables, asked for where the page came with a search. */
async function everything() {
  if (whole) return whole;
  const response = await fetch("/", { headers: { accept: "text/html" } });
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
  document.getElementById("blank").hidden = count > 0;
  document.getElementById("blank-q").textContent = search.value;
  clearTimeout(typing);
  typing = setTimeout(() => tell(count, all.length), TYPING);
}

function tell(count, total) {
  const q = search.value;
  history.replaceState(null, "", q ? `/?${new URLSearchParams({ _q: q })}` : "/");
  const grouped = (number) => number.toLocaleString("en");
  said.textContent = q ? `${grouped(count)} of ${grouped(total)} match “${q}”.` : "";
}

// Where the list cannot be had, the form still sends itself.
search?.addEventListener("input", () => find().catch(() => search.form.requestSubmit()));
search?.form.addEventListener("submit", (event) => {
  if (whole) event.preventDefault();
});
