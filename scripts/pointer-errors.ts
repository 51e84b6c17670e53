/**
 * What the package's model gets wrong, by class of line and class of confusion, and how many contexts each class breaks.
 *
 *     npx tsx scripts/pointer-errors.ts > results/reference/pointer/errors.json
 *     npx tsx scripts/pointer-errors.ts --captures b3 --levels metadata
 */
import { parseArgs } from 'node:util';
import { actorOf } from '../src/audit/actor.js';
import { receivedMicros } from '../src/audit/event.js';
import { readAmbiguous } from '../src/dataset/ambiguous.js';
import { openDataset } from '../src/dataset/load.js';
import { DEFAULT_MODEL } from '../src/model/kinds.js';
import { type Line, linesOf, saidOf } from './pointer-lines.js';

const { values } = parseArgs({
  options: {
    dataset: { type: 'string', default: 'datasets/three-node' },
    captures: { type: 'string', default: 'b3,b2,c1' },
    levels: { type: 'string', default: 'metadata,requestResponse' },
  },
});

/** Seconds within which two changes are close. */
const CLOSE = 2;

const keyOf = ({ event: { objectRef } }: Line): string =>
  [objectRef?.resource, objectRef?.namespace, objectRef?.name].join('/');
const placeOf = ({ event: { objectRef } }: Line): string =>
  objectRef?.resource === 'namespaces' ? (objectRef.name ?? '') : (objectRef?.namespace ?? '');
const secondsOf = ({ event }: Line): number => receivedMicros(event) / 1e6;
const removes = ({ event: { verb, objectRef } }: Line): boolean =>
  verb === 'delete' || verb === 'deletecollection' || objectRef?.subresource === 'eviction';

/** How the cause that was said stands to the true one. */
function confusionOf(truth: Line | null, said: Line | null): string {
  if (!truth) return 'nobody caused it';
  if (!said) return 'taken for nobody’s';
  const close = Math.abs(secondsOf(truth) - secondsOf(said)) <= CLOSE ? 'close in time' : 'far in time';
  if (keyOf(truth) === keyOf(said)) return `two changes of one object, ${close}`;
  if (removes(truth) && placeOf(truth) === placeOf(said) && !removes(said))
    return `what was removed, taken for a change in its namespace, ${close}`;
  if (placeOf(truth) !== '' && placeOf(truth) === placeOf(said))
    return `two objects of one namespace, ${close}`;
  return `elsewhere, ${close}`;
}

/** What kind of line it is. */
function kindOf({ event }: Line): string {
  const actor = actorOf(event);
  const changes = !['get', 'list', 'watch'].includes(event.verb);
  if (!actor.startsWith('system:')) return changes ? 'a person’s change' : 'a person’s read';
  if (event.objectRef?.resource === 'events') return 'an Event';
  if (actor.startsWith('system:node:')) return changes ? 'a kubelet’s change' : 'a kubelet’s read';
  return changes ? `a change by ${actor.split(':').at(-1)}` : `a read by ${actor.split(':').at(-1)}`;
}

interface Tally {
  lines: number;
  /** Of them those whose truth is disputed, or whose cause the log leaves open. */
  disputed: number;
  ambiguous: number;
  /** True contexts of two lines or more that a line of the class breaks, and those that nothing else breaks. */
  contexts: number;
  alone: number;
}

const { captures, triggers } = await linesOf(values.dataset, values.captures.split(','));
const ambiguous = (await readAmbiguous(await openDataset(values.dataset))) ?? new Set<number>();
const results = [];
for (const [capture, lines] of captures) {
  const lineOf = new Map(lines.map((line) => [line.event.auditID, line]));
  const sizes = new Map<string, number>();
  for (const { row } of lines) if (!row.background) sizes.set(row.context, (sizes.get(row.context) ?? 0) + 1);
  for (const level of values.levels.split(',')) {
    const said = await saidOf(DEFAULT_MODEL, lines, level);
    const wrong = lines.flatMap((line, i) => {
      const { row } = line;
      const truth = row.background ? null : (triggers.get(row.context) ?? row.context);
      const given = said[i]!.trigger?.auditID ?? null;
      if (truth === given) return [];
      const confusion = confusionOf(
        truth === null ? null : (lineOf.get(truth) ?? null),
        given === null ? null : (lineOf.get(given) ?? null),
      );
      // A line that is taken for another context’s breaks both.
      const broken = [row.background ? null : row.context, lineOf.get(given ?? '')?.row.context ?? null];
      return [{ line, confusion, kind: kindOf(line), broken: broken.filter((one) => one !== null) }];
    });
    const breakers = new Map<string, Set<string>>();
    for (const { confusion, broken } of wrong)
      for (const context of broken)
        breakers.set(context, (breakers.get(context) ?? new Set<string>()).add(confusion));
    const whole = (context: string): boolean => (sizes.get(context) ?? 0) >= 2;
    const tally = (name: (one: (typeof wrong)[number]) => string, counted: boolean) => {
      const found = new Map<string, Tally>();
      for (const one of wrong) {
        const own = found.get(name(one)) ?? { lines: 0, disputed: 0, ambiguous: 0, contexts: 0, alone: 0 };
        own.lines++;
        if (one.line.row.disputed) own.disputed++;
        if (ambiguous.has(one.line.row.line)) own.ambiguous++;
        found.set(name(one), own);
      }
      if (counted)
        for (const [context, names] of breakers)
          for (const own of names) {
            if (!whole(context)) continue;
            found.get(own)!.contexts++;
            if (names.size === 1) found.get(own)!.alone++;
          }
      return Object.fromEntries([...found].sort(([, a], [, b]) => b.lines - a.lines));
    };
    results.push({
      ...{ capture, level, lines: lines.length, wrong: wrong.length },
      contexts: [...sizes.values()].filter((size) => size >= 2).length,
      broken: [...breakers.keys()].filter(whole).length,
      confusions: tally(({ confusion }) => confusion, true),
      kinds: tally(({ kind }) => kind, false),
      pairs: tally(({ kind, confusion }) => `${kind}: ${confusion}`, false),
    });
    process.stderr.write(`${capture}, ${level}: ${wrong.length} of ${lines.length} lines\n`);
  }
}
process.stdout.write(`${JSON.stringify(results, null, 1)}\n`);
