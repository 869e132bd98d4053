// Filters above the tables of what endplate holds: a search field, choices, and a day on which a row stood.
"use strict";

function field(label, control) {
  const box = document.createElement("label");
  box.append(label, control);
  return box;
}

function filters(table) {
  const rows = [...table.tBodies[0].rows].map((row) => ({ row, text: row.textContent.toLowerCase() }));
  const bar = document.createElement("form");
  bar.className = "filters";
  bar.addEventListener("submit", (event) => event.preventDefault());
  const search = Object.assign(document.createElement("input"), { type: "search" });
  bar.append(field("Search", search));
  const choices = Object.entries(table.dataset)
    .filter(([name]) => name.startsWith("choice"))
    .map(([name, label]) => {
      const key = name.slice("choice".length).toLowerCase();
      const select = document.createElement("select");
      const held = [...new Set(rows.map(({ row }) => row.dataset[key]))].sort();
      select.append(new Option("all", ""), ...held.map((value) => new Option(value, value)));
      bar.append(field(label, select));
      return { key, select };
    });
  let day = null;
  if (table.dataset.day) {
    day = Object.assign(document.createElement("input"), { type: "date" });
    bar.append(field(table.dataset.day, day));
  }
  const count = document.createElement("p");
  count.setAttribute("role", "status");
  const show = () => {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, text } of rows) {
      const stood = !day?.value || (row.dataset.from <= day.value && (!row.dataset.to || day.value < row.dataset.to));
      const chosen = choices.every(({ key, select }) => !select.value || row.dataset[key] === select.value);
      row.hidden = !(stood && chosen && wanted.every((word) => text.includes(word)));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = shown ? `${shown} of ${rows.length} rows` : "Nothing that is held matches all of these.";
  };
  bar.addEventListener("input", show);
  table.parentElement.before(bar, count);
  show();
}

document.querySelectorAll("table.filtered").forEach(filters);
