import { el, numberText, shortName, visible } from './dom.js';
import { FACETS, type State } from './state.js';
import type { Texts } from './store.js';

/** Values of a facet that are shown at once, and when more are asked for. */
const FEW = 7;
const MANY = 200;

/** The facets: what values there are, how many of each, and which are chosen. */
export class Facets {
  readonly #place: HTMLElement;
  readonly #columns: Record<string, Texts>;
  readonly #toggle: (facet: string, value: string) => void;
  readonly #more = new Set<string>();
  #last: [Record<string, Uint32Array>, State] | null = null;

  constructor(
    place: HTMLElement,
    columns: Record<string, Texts>,
    toggle: (facet: string, value: string) => void,
  ) {
    this.#place = place;
    this.#columns = columns;
    this.#toggle = toggle;
  }

  show(counts: Record<string, Uint32Array>, state: State): void {
    this.#last = [counts, state];
    const focused =
      document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;
    const facets = FACETS.map((name) => this.#facet(name, counts[name]!, state));
    this.#place.replaceChildren(...facets.filter((one) => one !== null));
    if (focused !== undefined)
      for (const button of this.#place.querySelectorAll<HTMLElement>('[data-key]'))
        if (button.dataset.key === focused) button.focus();
  }

  #facet(name: string, counts: Uint32Array, state: State): HTMLElement | null {
    const { values } = this.#columns[name]!;
    const chosen = new Set(state.facets[name] ?? []);
    const all: number[] = [];
    for (let id = 0; id < values.length; id++) if (counts[id]! > 0 || chosen.has(values[id]!)) all.push(id);
    all.sort(
      (a, b) =>
        Number(chosen.has(values[b]!)) - Number(chosen.has(values[a]!)) ||
        counts[b]! - counts[a]! ||
        (values[a]! < values[b]! ? -1 : 1),
    );
    // A facet of which there is nothing but that it is absent says nothing.
    if (name === 'incident' && all.every((id) => values[id] === '')) return null;
    const most = this.#more.has(name) ? MANY : FEW;
    const items = all.slice(0, most).map((id) => {
      const value = values[id]!;
      return el(
        'li',
        {},
        el(
          'button',
          {
            type: 'button',
            'aria-pressed': chosen.has(value),
            'data-key': `${name} ${value}`,
            onclick: () => this.#toggle(name, value),
          },
          el(
            'span',
            { class: value === '' ? 'value none' : 'value', title: visible(value) },
            value === '' ? 'none' : visible(shortName(value)),
          ),
          el('span', { class: 'count' }, numberText(counts[id]!)),
        ),
      );
    });
    const rest = all.length - most;
    const more = all.length > FEW && {
      text: this.#more.has(name) ? 'fewer' : `${numberText(rest)} more`,
      note: this.#more.has(name) && rest > 0 ? `and ${numberText(rest)} more; search for them` : null,
    };
    return el(
      'section',
      { 'aria-label': name, class: 'facet' },
      el('h3', {}, name),
      el('ul', {}, ...items),
      more && more.note !== null ? el('p', {}, more.note) : null,
      more &&
        el(
          'button',
          {
            type: 'button',
            class: 'more',
            'aria-expanded': this.#more.has(name),
            'data-key': `${name} more`,
            onclick: () => this.#turn(name),
          },
          more.text,
        ),
    );
  }

  #turn(name: string): void {
    if (!this.#more.delete(name)) this.#more.add(name);
    if (this.#last) this.show(...this.#last);
  }
}
