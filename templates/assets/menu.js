// The menu of a column's head, and the form that filters any column. Without a script the head's link
// sorts, and the form stands above the rows.

import { element } from "./cells.js";

const byId = (id) => document.getElementById(id);

// Pixels between the menu and the edges of the window.
const MARGIN = 8;

/** Gives the buttons in the heads their menu. `sort` sorts by the column of this index, `boxes` are
 * those of the column chooser. */
export function menus({ table, sortable, sort, boxes }) {
  const menu = element("div", { id: "column-menu", role: "menu", popover: "auto" });
  document.querySelector("main").append(menu);
  const heads = [...table.tHead.rows[0].cells];
  let opener = null;

  /** What can be done with a column: words, and what they do or where they lead. */
  function actions(head) {
    const index = heads.indexOf(head);
    const { index: own, values } = head.dataset;
    const made = [];
    if (sortable(index)) {
      made.push(["Sort ascending", () => sort(index, "asc")], ["Sort descending", () => sort(index, "desc")]);
    }
    if (byId("filter-column")?.querySelector(`[value="${own}"]`)) {
      made.push(["Filter this column", () => filterBy(own)]);
    }
    if (values) made.push(["Values", values]);
    const box = [...boxes()].find(({ value }) => value === own);
    if (box && heads.length > 1) made.push(["Hide this column", () => hide(box)]);
    return made;
  }

  function item([words, act]) {
    const isLink = typeof act === "string";
    const made = element(isLink ? "a" : "button", { role: "menuitem", tabindex: "-1" }, words);
    if (isLink) made.href = act;
    else {
      made.type = "button";
      made.addEventListener("click", () => {
        menu.hidePopover();
        act();
      });
    }
    return made;
  }

  // Before the browser opens the menu: the same one for all columns.
  table.tHead.addEventListener("click", (event) => {
    const button = event.target.closest(".menu");
    if (!button) return;
    opener = button;
    menu.setAttribute("aria-label", button.getAttribute("aria-label"));
    menu.replaceChildren(...actions(button.closest("th")).map(item));
  });
  for (const button of table.tHead.querySelectorAll(".menu")) button.popoverTargetElement = menu;
  // `toggle` comes later, when somebody may already have looked.
  menu.addEventListener("beforetoggle", ({ newState }) => {
    opener?.setAttribute("aria-expanded", String(newState === "open"));
  });
  menu.addEventListener("toggle", ({ newState }) => {
    if (newState !== "open") return;
    place(menu, opener);
    menu.firstElementChild?.focus();
  });
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.children];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    items.at(to % items.length).focus();
  });
  byId("scroller").addEventListener("scroll", () => {
    if (menu.matches(":popover-open")) place(menu, opener);
  });
}

/** Below the button, within the window. */
function place(menu, button) {
  const { left, top, bottom } = button.getBoundingClientRect();
  const most = document.documentElement.clientWidth - menu.offsetWidth - MARGIN;
  menu.style.left = `${Math.max(MARGIN, Math.min(left, most))}px`;
  const hasRoom = bottom + menu.offsetHeight + MARGIN <= innerHeight;
  menu.style.top = `${hasRoom ? bottom : Math.max(MARGIN, top - menu.offsetHeight)}px`;
}

/** Opens the form for a column. */
function filterBy(index) {
  const column = byId("filter-column");
  byId("filter").open = true;
  column.value = index;
  column.dispatchEvent(new Event("change"));
  const operand = byId("filter-value");
  (operand.offsetParent ? operand : byId("filter-op")).focus();
}

/** Shows the other columns only. */
function hide(box) {
  box.checked = false;
  box.form.requestSubmit();
}

// The condition that is meant most often, by the kind of input. Of texts a part is known, and of a
// timestamp seldom the second.
const USUAL = { text: "contains", "datetime-local": "gte", none: "isnull" };
const OF_TEXTS = ["contains", "startswith", "endswith"];
const OF_NULL = ["isnull", "notnull"];
// Several values, or texts of which the browser must not make another spelling.
const AS_TEXT = ["in", "notin", "exact"];
const TYPED = ["date", "time", "datetime-local"];

/** Lets the form offer the conditions that a column takes, and a field for its type. */
export function fitForm() {
  const [column, operator, operand] = ["filter-column", "filter-op", "filter-value"].map(byId);
  if (!column) return;
  const input = () => column.selectedOptions[0].dataset.input;
  const fits = (name) =>
    OF_NULL.includes(name) || (input() !== "none" && (input() === "text" || !OF_TEXTS.includes(name)));
  const fitOperand = () => {
    byId("filter-operand").hidden = OF_NULL.includes(operator.value);
    operand.type = TYPED.includes(input()) && !AS_TEXT.includes(operator.value) ? input() : "text";
    operand.step = operand.type === "date" ? "any" : "1";
    operand.inputMode = input() === "number" && !AS_TEXT.includes(operator.value) ? "decimal" : "";
    operand.placeholder = input() === "boolean" ? "true or false" : "";
  };
  const fitColumn = () => {
    for (const option of operator.options) option.hidden = option.disabled = !fits(option.value);
    operator.value = USUAL[input()] ?? "";
    fitOperand();
  };
  column.addEventListener("change", fitColumn);
  operator.addEventListener("change", fitOperand);
  fitColumn();
}
