import type { Completion, Completions } from '../../query/complete.js';
import { parser } from '../../query/generated/parser.js';
import { el, visible } from './dom.js';
import { type Fault, isExpression } from './search.js';

/** Milliseconds after which a fault at the caret is told: what is being written is not wrong yet. */
const PATIENCE = 900;
const KINDS: Record<string, string> = {
  Field: 'name',
  String: 'text',
  Number: 'number',
  Time: 'number',
  Boolean: 'number',
  Compare: 'sign',
};
const WORD = /^(and|or|not|in|exists|regexp|any|caused)$/;

export interface EditorParts {
  input: HTMLInputElement;
  /** Lies below the input, and has its text in colours. */
  paint: HTMLElement;
  options: HTMLElement;
  fault: HTMLElement;
}

export interface EditorWork {
  complete: (text: string, caret: number) => Completions;
  /** Takes a text, and gives what is wrong with it. */
  look: (text: string) => Fault | null;
  /** Goes to what was found. */
  leave: () => void;
}

/** The search: a line with colours, completions at the caret, and faults underlined where they are. */
export class Editor {
  readonly #parts: EditorParts;
  readonly #work: EditorWork;
  #found: Completions = { from: 0, to: 0, options: [] };
  #active = -1;
  #fault: Fault | null = null;
  #frame = 0;
  #patience = 0;

  constructor(parts: EditorParts, work: EditorWork) {
    this.#parts = parts;
    this.#work = work;
    const { input, options } = parts;
    input.addEventListener('input', () => this.#soon());
    input.addEventListener('scroll', () => this.#align());
    input.addEventListener('keydown', (event) => this.#key(event));
    input.addEventListener('blur', () => {
      this.#close();
      this.#tell();
    });
    options.addEventListener('pointerdown', (event) => event.preventDefault());
    options.addEventListener('click', (event) => {
      const option = (event.target as Element).closest<HTMLElement>('[role=option]');
      if (option) this.#take(this.#found.options[Number(option.dataset.at)]!);
    });
  }

  /** Another text, that was not typed. */
  set(text: string): void {
    this.#parts.input.value = text;
    this.#fault = this.#work.look(text);
    this.#tell();
  }

  focus(): void {
    this.#parts.input.focus();
    this.#parts.input.select();
  }

  /** Looks and completes in the next frame, however fast one types. */
  #soon(): void {
    cancelAnimationFrame(this.#frame);
    this.#paint();
    this.#frame = requestAnimationFrame(() => {
      const { input } = this.#parts;
      this.#fault = this.#work.look(input.value);
      clearTimeout(this.#patience);
      const caret = input.selectionStart ?? input.value.length;
      const unfinished = this.#fault !== null && this.#fault.to >= caret && document.activeElement === input;
      if (unfinished) {
        this.#show(null);
        this.#patience = window.setTimeout(() => this.#tell(), PATIENCE);
      } else this.#tell();
      this.#complete();
    });
  }

  #tell(): void {
    clearTimeout(this.#patience);
    this.#show(this.#fault);
  }

  #show(fault: Fault | null): void {
    const { input, fault: place } = this.#parts;
    input.setAttribute('aria-invalid', String(fault !== null));
    place.replaceChildren(...(fault ? [el('b', {}, visible(fault.says)), ` ${visible(fault.hint)}`] : []));
    this.#paint(fault);
  }

  /** The text in colours, with what is wrong underlined. */
  #paint(fault: Fault | null = null): void {
    const { input, paint } = this.#parts;
    const text = input.value;
    const marks: { from: number; to: number; kind: string }[] = [];
    if (isExpression(text))
      parser.parse(text).iterate({
        enter: ({ name, from, to }) => {
          const kind = KINDS[name] ?? (WORD.test(name) ? 'word' : null);
          if (kind && to > from) marks.push({ from, to, kind });
        },
      });
    const cuts = new Set([0, text.length, ...marks.flatMap(({ from, to }) => [from, to])]);
    const wrong = fault && { from: Math.min(fault.from, text.length), to: Math.min(fault.to, text.length) };
    if (wrong) cuts.add(wrong.from).add(wrong.to);
    const places = [...cuts].sort((a, b) => a - b);
    const nodes: Node[] = [];
    for (let i = 0; i + 1 < places.length; i++) {
      const [from, to] = [places[i]!, places[i + 1]!];
      const kind = marks.find((mark) => mark.from <= from && to <= mark.to)?.kind ?? '';
      const isWrong = wrong !== null && wrong.from <= from && to <= wrong.to;
      nodes.push(el(isWrong ? 'mark' : 'span', { class: kind }, text.slice(from, to)));
    }
    // What is missing at the end is marked behind it.
    if (wrong && wrong.from === wrong.to) nodes.push(el('mark', {}, ' '));
    paint.replaceChildren(...nodes);
    this.#align();
  }

  #align(): void {
    this.#parts.paint.scrollLeft = this.#parts.input.scrollLeft;
  }

  #complete(): void {
    const { input } = this.#parts;
    const caret = input.selectionStart ?? input.value.length;
    if (document.activeElement !== input || input.selectionEnd !== caret) {
      this.#close();
      return;
    }
    this.#found = this.#work.complete(input.value, caret);
    this.#active = -1;
    this.#list();
  }

  #list(): void {
    const { input, options } = this.#parts;
    const { options: all, from } = this.#found;
    const said = input.value
      .slice(from, input.selectionStart ?? from)
      .replace(/^["']/, '')
      .toLowerCase();
    options.replaceChildren(
      ...all.map(({ label, says, kind }, at) =>
        el(
          'li',
          {
            role: 'option',
            id: `option-${at}`,
            'data-at': at,
            'aria-selected': at === this.#active,
            class: kind,
          },
          el('code', {}, ...matched(visible(label), said)),
          el('span', { class: 'says' }, says),
        ),
      ),
    );
    options.hidden = all.length === 0;
    input.setAttribute('aria-expanded', String(all.length > 0));
    if (this.#active >= 0) {
      input.setAttribute('aria-activedescendant', `option-${this.#active}`);
      options.children[this.#active]?.scrollIntoView({ block: 'nearest' });
    } else input.removeAttribute('aria-activedescendant');
  }

  #close(): void {
    if (this.#found.options.length === 0) return;
    this.#found = { from: 0, to: 0, options: [] };
    this.#active = -1;
    this.#list();
  }

  #take({ insert }: Completion): void {
    const { input } = this.#parts;
    const { from, to } = this.#found;
    const rest = input.value.slice(to);
    // No second space where one follows already.
    const put = rest.startsWith(' ') ? insert.trimEnd() : insert;
    // Through the browser’s own editing, so that it can be undone.
    input.setSelectionRange(from, to);
    if (!document.execCommand('insertText', false, put)) {
      input.setRangeText(put, from, to, 'end');
      this.#soon();
    }
    if (rest.startsWith(' ')) input.setSelectionRange(from + put.length + 1, from + put.length + 1);
  }

  #key(event: KeyboardEvent): void {
    const count = this.#found.options.length;
    const open = count > 0;
    const chosen = this.#found.options[this.#active];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (open) {
        // One place more than there are options: none of them.
        const step = event.key === 'ArrowDown' ? 1 : -1;
        this.#active = ((this.#active + 1 + step + count + 1) % (count + 1)) - 1;
        this.#list();
      } else if (event.key === 'ArrowDown') {
        this.#complete();
        if (this.#found.options.length === 0) this.#work.leave();
      }
    } else if (event.key === ' ' && event.ctrlKey) this.#complete();
    else if (event.key === 'Enter' && chosen) this.#take(chosen);
    else if (event.key === 'Enter') {
      this.#close();
      this.#tell();
      return;
    } else if (
      event.key === 'Tab' &&
      !event.shiftKey &&
      open &&
      (chosen || this.#found.from < this.#found.to)
    )
      this.#take(chosen ?? this.#found.options[0]!);
    else if (event.key === 'Escape' && open) this.#close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** A label with the part that was typed in it. */
function matched(label: string, said: string): (Node | string)[] {
  const at = said === '' ? -1 : label.toLowerCase().indexOf(said);
  if (at < 0) return [label];
  return [label.slice(0, at), el('b', {}, label.slice(at, at + said.length)), label.slice(at + said.length)];
}
