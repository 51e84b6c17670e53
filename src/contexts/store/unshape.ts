import { MARK, pathBelow } from './shape.js';

/** Values of a block, read in the order in which they were pushed. */
export interface Source {
  shape(id: number): string;
  next(path: string): string;
}

/** A piece of a line: text as it is, or a mark with the path that it stands at. */
type Piece = string | { mark: string; path: string };

/** Joins lines that `cutLine` cut, in the same order. */
export class Joiner {
  readonly #source: Source;
  readonly #pieces = new Map<string, Piece[]>();

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
    let text = '';
    for (const piece of pieces) {
      if (typeof piece === 'string') text += piece;
      else if (piece.mark === MARK.text) text += `"${this.#source.next(piece.path)}"`;
      else if (piece.mark === MARK.number) text += this.#source.next(piece.path);
      else if (piece.mark !== MARK.list) text += known(piece.mark);
      else {
        const items: string[] = [];
        const length = Number(this.#source.next(`${piece.path} n`));
        for (let i = 0; i < length; i++)
          items.push(
            this.#join(
              this.#source.shape(Number(this.#source.next(`${piece.path} #`))),
              `${piece.path}[]`,
              resource,
              known,
            ),
          );
        text += `[${items.join(',')}]`;
      }
    }
    return text;
  }
}

/** Cuts a shape at its marks, and finds the path of each. */
function piecesOf(shape: string, root: string, resource: string): Piece[] {
  const pieces: Piece[] = [];
  const token = /"(?:[^"\\]|\\.)*"(?=:)|[{}]|\p{Cc}/gsu;
  const open: string[] = [];
  let path = root;
  let from = 0;
  for (const { 0: found, index } of shape.matchAll(token)) {
    if (found === '{') open.push(path);
    else if (found === '}') open.pop();
    else if (found[0] === '"') {
      path = pathBelow(open.at(-1)!, found.slice(1, -1), root === '' && open.length === 1 ? resource : null);
    } else {
      if (index > from) pieces.push(shape.slice(from, index));
      pieces.push({ mark: found, path });
      from = index + 1;
    }
  }
  if (from < shape.length) pieces.push(shape.slice(from));
  return pieces;
}
