/**
 * The page's only script: a click on a column head sorts the table by it, a second click turns the order. Without scripts
 * the tables stay as they were written.
 */
export const SORT = `
for (const table of document.querySelectorAll('table[data-sortable]')) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const key = (row, i) => row.cells[i].dataset.value ?? row.cells[i].textContent;
  heads.forEach((head, i) => head.querySelector('button').addEventListener('click', () => {
    const numeric = head.classList.contains('number');
    const state = head.getAttribute('aria-sort');
    const down = state === 'none' ? numeric : state === 'ascending';
    for (const other of heads) other.setAttribute('aria-sort', 'none');
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const compare = numeric
      ? (a, b) => (a === '') - (b === '') || Number(a) - Number(b)
      : (a, b) => a.localeCompare(b, 'en');
    const rows = [...body.rows].sort((a, b) => (down ? -1 : 1) * compare(key(a, i), key(b, i)));
    body.append(...rows);
  }));
}
`;
