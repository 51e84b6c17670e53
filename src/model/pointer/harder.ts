import { receivedMicros } from '../../audit/event.js';
import { atLevel, type Level } from '../../audit/level.js';
import { interleave, type KnownLine } from '../../dataset/interleave/interleave.js';
import { loadDataset } from '../../dataset/load.js';
import { randomStream } from '../../random.js';
import type { Segment } from '../../windows/split.js';
import type { ModelData, ModelSettings } from '../model.js';
import type { TaughtPart } from './examples.js';
import { readRequest } from './request.js';
import type { PointerSettings } from './settings.js';

/** Streams of a made log at least, where more than one are asked for, and the lines of each. */
const LEAST_STREAMS = 2;
const LENGTH = 2_500;

/**
 * Makes logs of the training lines to learn from beside them: pieces of captures as if they had gone on at once, names and uids redrawn,
 * silences squeezed, times stretched, some people merged, background thinned. What remains the same is who caused what.
 */
export async function makeHarder(
  { dataset }: Pick<ModelData, 'dataset'>,
  settings: Pick<ModelSettings, 'dataset' | 'lines' | 'filter' | 'audit' | 'seed'>,
  {
    interleaved,
    mergePeople,
    streams: most,
  }: Pick<PointerSettings, 'interleaved' | 'mergePeople' | 'streams'>,
  { rows, levels }: { rows: readonly Segment[]; levels: readonly Level[] },
): Promise<TaughtPart[]> {
  const taught = new Map(
    rows.flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, i) => [dataset.line[first + i]!, first + i] as const),
    ),
  );
  const { lines, filter } = settings;
  const whole = await loadDataset(settings.dataset, {
    ...{ lines, filter, ...settings.audit, verify: false },
    map: (event) => event,
  });
  const captures = new Map<string, KnownLine[]>();
  whole.rows.forEach((event, i) => {
    const row = taught.get(whole.line[i]!);
    if (row === undefined) return;
    const [context, trigger] = [dataset.context[row]!, dataset.trigger[row]!];
    const line = { event, context, trigger, background: dataset.background[row]! };
    const own = captures.get(dataset.capture[row]!);
    if (own) own.push(line);
    else captures.set(dataset.capture[row]!, [line]);
  });
  const sources = [...captures.values()];
  return Array.from({ length: interleaved }, (_, k) => {
    const random = randomStream(settings.seed, `harder/${k}`);
    const least = Math.min(LEAST_STREAMS, most);
    const streams = Array.from({ length: least + random.integer(most - least + 1) }, () => {
      const source = sources[random.integer(sources.length)]!;
      const from = random.integer(Math.max(1, source.length - LENGTH));
      return source.slice(from, from + LENGTH);
    });
    const made = interleave(streams, { seed: settings.seed + k, merge: mergePeople });
    const triggers = new Map(
      made.filter(({ trigger }) => trigger).map(({ context, event }) => [context, event.auditID]),
    );
    const ordered = made
      .map((line, i) => ({ line, i, micros: receivedMicros(line.event) }))
      .sort((a, b) => a.micros - b.micros || a.i - b.i);
    return levels.map((level) => ({
      capture: `made ${k}`,
      lines: ordered.map(({ line: { event, context, background } }) => ({
        request: readRequest(atLevel(event, level)),
        trigger: background ? null : triggers.get(context)!,
      })),
    }));
  }).flat();
}
