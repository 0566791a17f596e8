// Adds filtering, sorting and copying. The page is complete without it.
for (const pre of document.querySelectorAll(".repro pre")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  const say = (text) => () => {
    button.textContent = text;
    setTimeout(() => {
      button.textContent = "Copy";
    }, 1500);
  };
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(pre.textContent).then(say("Copied"), say("Copying is not allowed here"));
  });
  pre.before(button);
}

for (const suite of document.querySelectorAll("section.suite")) {
  const items = suite.querySelectorAll("article.check, table.checks tbody tr");
  if (items.length < 8) continue;
  const input = document.createElement("input");
  input.className = "filter";
  input.type = "search";
  input.placeholder = "Filter checks";
  input.setAttribute("aria-label", "Filter the checks of this suite");
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    for (const item of items) item.hidden = wanted !== "" && !item.textContent.toLowerCase().includes(wanted);
    if (wanted !== "") for (const list of suite.querySelectorAll("details.list")) list.open = true;
  });
  suite.querySelector(".counts").after(input);
}

for (const table of document.querySelectorAll("table.checks")) {
  for (const [column, heading] of [...table.querySelectorAll("th")].entries()) {
    let direction = 1;
    heading.dataset.sort = "";
    heading.addEventListener("click", () => {
      const rows = [...table.tBodies[0].rows];
      const text = (row) => row.cells[column].textContent;
      rows.sort((a, b) => direction * text(a).localeCompare(text(b)));
      direction = -direction;
      table.tBodies[0].append(...rows);
    });
  }
}

// A link to something inside a folded list unfolds it.
const unfold = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let list = target && target.closest("details"); list; list = list.parentElement.closest("details"))
    list.open = true;
};
addEventListener("hashchange", unfold);
unfold();
