import { microsText } from '../../context.js';
import { linesOf, type Store, textAt } from './store.js';

/** Fields of a context in what is saved, by the page's columns; named as in `contexts --json`. */
const TRIGGER = { verb: 'verb', userAgent: 'agent', requestURI: 'uri', auditID: 'auditID', stage: 'stage' };
const OBJECT = {
  apiGroup: 'group',
  resource: 'resource',
  subresource: 'subresource',
  namespace: 'namespace',
  name: 'name',
};

/** Contexts as JSON lines, with the fields of `contexts --json` that the page has. */
export function selectionJson(store: Store, rows: Uint32Array): string[] {
  return Array.from(rows, (row) => `${JSON.stringify(contextOf(store, row))}\n`);
}

function contextOf(store: Store, row: number): Record<string, unknown> {
  const { texts, numbers, lines } = store;
  const text = (name: string): string => (texts[name] ? textAt(texts, name, row) : '');
  const named = (fields: Record<string, string>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(fields).flatMap(([name, column]) => (text(column) ? [[name, text(column)]] : [])),
    );
  const from = numbers.from![row]!;
  const confidence = numbers.confidence![row]!;
  const user = text('user');
  const own = lines ? lines.numbers.line!.slice(numbers.start![row]!, numbers.start![row + 1]!) : [];
  return {
    context: `c${numbers.id![row]}`,
    text: text('text'),
    actor: text('actor'),
    ...(user && user !== text('actor') ? { via: user } : {}),
    outcome: text('outcome'),
    from: microsText(from),
    to: microsText(from + numbers.took![row]! * 1000),
    milliseconds: numbers.took![row]!,
    trigger: {
      line: numbers.id![row]!,
      ...named(TRIGGER),
      user: user ? { username: user } : {},
      ...(text('address') ? { sourceIPs: [text('address')] } : {}),
      objectRef: named(OBJECT),
      ...(numbers.code![row] ? { responseStatus: { code: numbers.code![row]! } } : {}),
    },
    lines: Array.from(own).sort((a, b) => a - b),
    count: linesOf(store, row),
    confidence: Number.isNaN(confidence) ? null : confidence,
    background: numbers.background![row] === 1,
    ...(text('incident') ? { incident: text('incident') } : {}),
    decidedBy: text('decidedBy'),
  };
}

/** Gives the reader a file. */
export function saveFile(name: string, parts: string[]): void {
  const address = URL.createObjectURL(new Blob(parts, { type: 'application/x-ndjson' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Puts a text on the clipboard, where need be by way of a selection. */
export function copyText(text: string, done: () => void): void {
  const fallback = (): void => {
    const area = document.createElement('textarea');
    area.value = text;
    area.setAttribute('aria-hidden', 'true');
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    done();
  };
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, fallback);
  else fallback();
}
