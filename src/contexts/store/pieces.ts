/**
 * A mark is one control character, which compact JSON never holds:
 *
 *     \u0001 string    \u0002 number    \u000e list: its length, then a shape for each of its items
 *     the others       what the caller knows of the line, as its object's name
 */
export const MARK = { text: '\u0001', number: '\u0002', list: '\u000e' } as const;
/** Marks of what the caller knows: 27, without the line end that shapes are joined by. */
export const KNOWN_MARKS =
  '\u0003\u0004\u0005\u0006\u0007\b\t\v\f\r\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f';
/** Below these keys, keys are names that somebody chose: one stream for all. */
const BODIES = new Set(['requestObject', 'responseObject']);
const MAPS = new Set([
  'labels',
  'annotations',
  'matchLabels',
  'selector',
  'nodeSelector',
  'data',
  'fieldsV1',
  'extra',
]);

/**
 * The path of a value that stands in an object at `path`.
 *
 * @param top Of an object at the top, what the line is about: values of one resource are alike, in what was asked and what was answered.
 */
export function pathBelow(path: string, key: string, top: string | null): string {
  if (top !== null) return BODIES.has(key) ? `body${top}` : key;
  if (path === 'annotations') return `${path}.${key}`;
  const inMap = MAPS.has(path.slice(path.lastIndexOf('.') + 1)) || path.includes('.fieldsV1');
  return inMap ? `${path}.*` : `${path}.${key}`;
}

/** A mark in a shape, and the path that it stands at. */
export interface Hole {
  mark: string;
  path: string;
}

/** A shape, cut at its marks: a text, a hole, a text, …, a text. */
export interface Pieces {
  texts: string[];
  holes: Hole[];
}

/**
 * Cuts a shape at its marks, and finds the path of each.
 *
 * @param root Path of the whole: empty for a line.
 * @param resource What the line is about.
 */
export function piecesOf(shape: string, root: string, resource: string): Pieces {
  const pieces: Pieces = { texts: [], holes: [] };
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
      pieces.texts.push(shape.slice(from, index));
      pieces.holes.push({ mark: found, path });
      from = index + 1;
    }
  }
  pieces.texts.push(shape.slice(from));
  return pieces;
}
