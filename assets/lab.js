/* A press on a column's head sorts the table's rows by it: numbers from the largest, names from A, and back. */
document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".q-sort");
  if (!button) return;
  const head = button.parentElement, heads = [...head.parentElement.children], place = heads.indexOf(head);
  const body = head.closest("table").tBodies[0], names = place === 0;
  const first = names ? "ascending" : "descending", other = names ? "descending" : "ascending";
  const order = head.getAttribute("aria-sort") === first ? other : first;
  const value = (row) => row.children[place].dataset.value;
  const known = (row) => names || value(row) !== "";
  const compare = (a, b) => names
    ? a.children[0].textContent.localeCompare(b.children[0].textContent, undefined, { numeric: true })
    : value(a) - value(b);
  const rows = [...body.rows].sort((a, b) => known(b) - known(a) || (order === "ascending" ? 1 : -1) * compare(a, b));
  heads.forEach((one) => one.setAttribute("aria-sort", one === head ? order : "none"));
  body.append(...rows);
});
