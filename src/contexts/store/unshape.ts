import { MARK, type Pieces, piecesOf } from './pieces.js';

/** Values of a block, read in the order in which they were pushed. */
export interface Source {
  shape(id: number): string;
  next(path: string): string;
}

/** Joins lines that a `Cutter` cut, in the same order. */
export class Joiner {
  readonly #source: Source;
  readonly #pieces = new Map<string, Pieces>();

  constructor(source: Source) {
    this.#source = source;
  }

  /** @param known The text that stands for a mark of the caller. */
  line(shape: string, resource: string, known: (mark: string) => string): string {
    if (shape === MARK.text) return this.#source.next('').replaceAll('\u0000', '\n');
    return this.#join(shape, '', resource, known);
  }

  #join(shape: string, path: string, resource: string, known: (mark: string) => string): string {
    const key = `${resource}\n${path}\n${shape}`;
    let pieces = this.#pieces.get(key);
    if (!pieces) {
      pieces = piecesOf(shape, path, resource);
      this.#pieces.set(key, pieces);
    }
    const { texts, holes } = pieces;
    let text = texts[0]!;
    for (const [i, { mark, path: at }] of holes.entries()) {
      if (mark === MARK.text) text += `"${this.#source.next(at)}"`;
      else if (mark === MARK.number) text += this.#source.next(at);
      else if (mark === MARK.list) text += this.#list(at, resource, known);
      else text += known(mark);
      text += texts[i + 1]!;
    }
    return text;
  }

  #list(path: string, resource: string, known: (mark: string) => string): string {
    const items: string[] = [];
    const length = Number(this.#source.next(`${path} n`));
    for (let i = 0; i < length; i++) {
      const shape = this.#source.shape(Number(this.#source.next(`${path} #`)));
      items.push(this.#join(shape, `${path}[]`, resource, known));
    }
    return `[${items.join(',')}]`;
  }
}
