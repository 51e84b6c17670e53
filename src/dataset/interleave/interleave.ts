import { type AuditEvent, receivedMicros, writtenMicros } from '../../audit/event.js';
import { CHANGES } from '../../audit/verbs.js';
import { randomStream } from '../../random.js';
import { NameBook } from './names.js';
import { paced } from './pace.js';
import { Rewriter } from './rewrite.js';

/** A line of a log, and what it belongs to. */
export interface KnownLine {
  event: AuditEvent;
  context: string;
  /** Whether it is of the context's triggering event. */
  trigger: boolean;
  background: boolean;
}

/** How streams are put together. */
export interface InterleaveOptions {
  /** Root seed of names, uids, silences and of the background that is kept. */
  seed: number;
  /** When all begin, in microseconds since 1970. Default: when the first stream did. */
  begin?: number;
  /** Silences that are longer are squeezed, in microseconds, and the greatest share of their rest that is kept. Default 0.3 s, 0.3. */
  silence?: number;
  rest?: number;
  /** Greatest factor on all times of a stream, and its inverse the least. Default 1.25. */
  stretch?: number;
  /** Share of the background of each stream that is kept. Default: that of one stream in all. */
  background?: number;
  /** Share of the streams after the first whose people are those of the first, by the order in which they come. Default 0. */
  merge?: number;
}

/** A line of the log that was made. */
export type Interleaved<L extends KnownLine> = L & {
  /** Which stream it is of, from 0. */
  stream: number;
};

/** Cluster-wide things of which all streams have the same, and whose change would touch the others. */

/**
 * Puts streams of lines together as if they had gone on at once in one cluster. Names of objects, namespaces and people, and every uid, are
 * redrawn, for each stream others where two of a name would be one thing, and from words that all share where they cannot be: in
 * namespaces of their own. Times move, the order within a stream stays. Nodes and the control plane are one and the same for all.
 *
 * Left out are lines whose context's triggering event is not in their stream, contexts of changes to what all streams share (nodes, custom
 * resources, the control plane's own objects), and, of the background, all but a share of the contexts.
 *
 * @param streams Each in order of arrival.
 * @returns In order of arrival; contexts are named by stream.
 * @example interleave([lines.slice(0, 500), lines.slice(500)], { seed: 7 })
 */
export function interleave<L extends KnownLine>(
  streams: readonly (readonly L[])[],
  options: InterleaveOptions,
): Interleaved<L>[] {
  const {
    seed,
    silence = 300_000,
    rest = 0.3,
    stretch = 1.25,
    background = 1 / streams.length,
    merge = 0,
  } = options;
  const first = streams.find((lines) => lines.length > 0)?.[0];
  const begin = options.begin ?? (first ? receivedMicros(first.event) : 0);
  const people = new Map<number, string>();
  const all: { at: number; line: Interleaved<L> }[] = [];
  streams.forEach((lines, stream) => {
    const random = randomStream(seed, `interleave/${stream}`);
    const book = new NameBook();
    for (const { event } of lines) book.add(event);
    const kept = causedHere(lines, book);
    const busy = kept.filter((line) => !line.background);
    const move = paced(
      busy.flatMap(({ event }) => [receivedMicros(event), writtenMicros(event)]),
      {
        begin: begin + Math.floor(random.next() * 1_000_000),
        ...{ silence, keep: () => rest * random.next() },
        stretch: stretch ** (2 * random.next() - 1),
      },
    );
    const names = book.redrawn({ seed, name: String(stream) });
    if (stream === 0 || random.next() < merge) shareNames(names, peopleOf(lines), people, stream);
    const rewriter = new Rewriter({ names, move, salt: `${seed}/${stream}`, stream });
    const thinned = new Map<string, boolean>();
    let at = Number.NEGATIVE_INFINITY;
    for (const line of kept) {
      if (line.background) {
        const goes = thinned.get(line.context) ?? random.next() >= background;
        thinned.set(line.context, goes);
        if (goes) continue;
      }
      const event = rewriter.event(line.event);
      at = Math.max(at, writtenMicros(event));
      all.push({ at, line: { ...line, event, stream, context: `${stream}-${line.context}` } });
    }
  });
  return all
    .map((one, i) => ({ ...one, i }))
    .sort((a, b) => a.at - b.at || a.i - b.i)
    .map(({ line }) => line);
}

/** The lines whose triggering event is among them and touches nothing that all streams share. */
function causedHere<L extends KnownLine>(lines: readonly L[], book: NameBook): L[] {
  const triggers = new Map<string, boolean>();
  for (const { event, context, trigger, background } of lines)
    if (trigger) triggers.set(context, background || !touchesAll(event, book));
  return lines.filter(({ context }) => triggers.get(context));
}

function touchesAll({ verb, objectRef }: AuditEvent, book: NameBook): boolean {
  if (
    !CHANGES.has(verb) ||
    !objectRef?.resource ||
    (objectRef.namespace && objectRef.resource !== 'namespaces')
  )
    return false;
  return objectRef.name !== undefined ? !book.has(objectRef.name) : verb !== 'create';
}

/** People in the order in which they come. */
function peopleOf(lines: readonly KnownLine[]): string[] {
  const names = lines.flatMap(({ event: { user } }) => user.username ?? []);
  return [...new Set(names)].filter((name) => !name.startsWith('system:'));
}

/** Gives the people of a stream the names of those of the first. */
function shareNames(
  names: Map<string, string>,
  own: readonly string[],
  people: Map<number, string>,
  stream: number,
): void {
  own.forEach((name, i) => {
    if (stream === 0) people.set(i, names.get(name)!);
    else if (people.has(i)) names.set(name, people.get(i)!);
  });
}
