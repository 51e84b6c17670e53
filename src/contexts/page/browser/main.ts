import type { PageData } from '../data.js';
import { Detail } from './detail.js';
import { byId, el, numberText } from './dom.js';
import { Facets } from './facets.js';
import { ContextList } from './list.js';
import { searchFor } from './search.js';
import { facetColumns, type Search, type Selection, select } from './select.js';
import { FRESH, queryOf, readHash, type State, writeHash } from './state.js';
import { openStore } from './store.js';
import { TimeLine } from './timeline.js';

const store = openStore(JSON.parse(byId('data').textContent ?? '{}') as PageData);
const facets = facetColumns(store);
const rowOfId = new Map(Array.from(store.numbers.id!, (id, row) => [`c${id}`, row]));
let state: State = readHash(location.hash);
let search: Search = null;
const foreground = (store.numbers.background as Uint8Array).filter((one) => one === 0).length;
let isExpression = false;

const query = byId('query') as HTMLInputElement;
const zone = byId('zone') as HTMLSelectElement;
const background = byId('background') as HTMLInputElement;
const fault = byId('fault');
const list = new ContextList(byId('list'), byId('rows'), store, (row) => open(row));
const detail = new Detail(byId('detail'), store, close, copy);
const line = new TimeLine(byId('timeline') as HTMLCanvasElement, store, (from, to) => change({ from, to }));
const choices = new Facets(byId('facets'), facets, (name, value) => {
  const old = state.facets[name] ?? [];
  const values = old.includes(value) ? old.filter((one) => one !== value) : [...old, value];
  const { [name]: _, ...rest } = state.facets;
  change({ facets: values.length > 0 ? { ...rest, [name]: values } : rest });
});

/** Takes a change of what is chosen, writes it into the address, and shows it. */
function change(part: Partial<State>): void {
  state = { ...state, ...part };
  history.replaceState(null, '', writeHash(state));
  show();
}

function show(): void {
  const found: Selection = select(store, facets, state, search);
  list.show(found.rows, state.zone, openRow());
  line.show(found.anytime, state);
  choices.show(found.counts, state);
  const all = state.background ? store.size : foreground;
  byId('count').textContent = `${numberText(found.rows.length)} of ${numberText(all)} contexts`;
  byId('empty').hidden = found.rows.length > 0;
  byId('reset').hidden = writeHash({ ...state, zone: 'UTC', open: null, sort: 'time', down: false }) === '#';
  for (const head of document.querySelectorAll<HTMLElement>('[data-sort]'))
    head.parentElement!.setAttribute(
      'aria-sort',
      head.dataset.sort !== state.sort ? 'none' : state.down ? 'descending' : 'ascending',
    );
  if (query.value !== state.query && document.activeElement !== query) query.value = state.query;
  zone.value = state.zone;
  background.checked = state.background;
}

const openRow = (): number => (state.open === null ? -1 : (rowOfId.get(state.open) ?? -1));

function open(row: number, focus = true): void {
  state = { ...state, open: `c${store.numbers.id![row]}` };
  history.replaceState(null, '', writeHash(state));
  list.opened(row);
  detail.show(row, state.zone);
  document.body.classList.add('with-detail');
  line.draw();
  if (focus) detail.focus();
}

function close(): void {
  detail.hide();
  document.body.classList.remove('with-detail');
  state = { ...state, open: null };
  history.replaceState(null, '', writeHash(state));
  list.opened(-1);
  line.draw();
  list.focus();
}

/** What is looked for: words, or an expression, whose faults are shown in their place. */
function look(text: string): void {
  const found = searchFor(store, text);
  fault.replaceChildren();
  query.setAttribute('aria-invalid', String('fault' in found));
  if ('fault' in found) {
    const { says, from, to } = found.fault;
    fault.append(
      el('span', {}, `${says} `),
      el(
        'code',
        {},
        text.slice(0, from),
        el('mark', {}, text.slice(from, Math.max(to, from + 1)) || ' '),
        text.slice(Math.max(to, from + 1)),
      ),
    );
    return;
  }
  search = found.search;
  isExpression = found.isExpression;
  change({ query: text });
}

function copy(text: string, what: string): void {
  const done = (): void => {
    byId('said').textContent = `Copied the ${what}.`;
  };
  const fallback = (): void => {
    const area = el('textarea', { 'aria-hidden': 'true' });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    done();
  };
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, fallback);
  else fallback();
}

let timer = 0;
query.addEventListener('input', () => {
  clearTimeout(timer);
  timer = window.setTimeout(() => look(query.value), 80);
});
query.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowDown') list.focus();
});
zone.addEventListener('change', () => {
  change({ zone: zone.value === 'local' ? 'local' : 'UTC' });
  if (openRow() >= 0) detail.show(openRow(), state.zone);
});
background.addEventListener('change', () => change({ background: background.checked }));
byId('copy').addEventListener('click', () => copy(queryOf(state, isExpression), 'query'));
byId('reset').addEventListener('click', () => {
  query.value = '';
  search = null;
  fault.replaceChildren();
  change({ ...FRESH, zone: state.zone, open: state.open });
});
for (const head of document.querySelectorAll<HTMLElement>('[data-sort]'))
  head.addEventListener('click', () => {
    const sort = head.dataset.sort!;
    change({ sort, down: state.sort === sort ? !state.down : sort === 'lines' || sort === 'took' });
  });
addEventListener('keydown', (event) => {
  const typing =
    event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === '/' && !typing) {
    query.focus();
    event.preventDefault();
  } else if (event.key === 'Escape' && !typing && state.open !== null) close();
});
addEventListener('hashchange', begin);
if (matchMedia('(max-width: 700px)').matches) byId('facet-box').removeAttribute('open');

function begin(): void {
  state = readHash(location.hash);
  query.value = state.query;
  const found = searchFor(store, state.query);
  if (!('fault' in found)) ({ search, isExpression } = found);
  else look(state.query);
  show();
  const row = openRow();
  if (row >= 0) open(row, false);
  else {
    detail.hide();
    document.body.classList.remove('with-detail');
  }
}

begin();
