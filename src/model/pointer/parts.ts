import { LEVELS, type Level } from '../../audit/level.js';
import type { Dataset } from '../../dataset/load.js';
import { randomStream } from '../../random.js';
import type { TaughtLine, TaughtPart } from './examples.js';
import { drawPolicy } from './policies.js';
import type { Request } from './request.js';
import type { PointerSettings } from './settings.js';

/** A line that can be read at each level. */
export interface LevelledLine extends Omit<TaughtLine, 'request'> {
  at: (level: Level) => Request;
}

/** Policies that are drawn for a capture: none where bodies are not to be read. */
const mixedOf = ({ levels, policies }: Pick<PointerSettings, 'levels' | 'policies'>): number =>
  levels.includes('requestResponse') ? policies : 0;

/** Levels that lines are read at for `partsOf`. */
export function levelsFor(own: Pick<PointerSettings, 'levels' | 'policies'>): Level[] {
  return [...new Set([...own.levels, ...(mixedOf(own) > 0 ? LEVELS : [])])];
}

/** How many times slower a cluster is drawn to be at most. */
const SLOWEST = 4;

/**
 * The lines of one capture as they are taught: once at each level, and once for each audit policy that is drawn, which mixes levels and
 * leaves lines out, on a cluster that is slower by a factor that is drawn too.
 */
export function partsOf(
  capture: string,
  lines: readonly LevelledLine[],
  { levels, policies, seed }: Pick<PointerSettings, 'levels' | 'policies'> & { seed: number },
): TaughtPart[] {
  const part = (levelOf: (line: LevelledLine) => Level | null): TaughtPart => ({
    capture,
    lines: lines.flatMap((line) => {
      const level = levelOf(line);
      const { at, ...known } = line;
      return level ? [{ ...known, request: at(level) }] : [];
    }),
  });
  return [
    ...levels.map((level) => part(() => level)),
    ...Array.from({ length: mixedOf({ levels, policies }) }, (_, k) => {
      const policy = drawPolicy(seed, `${capture}/${k}`);
      const pace = SLOWEST ** randomStream(seed, `pace/${capture}/${k}`).next();
      return slowed(
        part(({ at }) => policy(at('requestResponse'))),
        pace,
      );
    }),
  ];
}

/** The same lines in a log whose cluster takes longer over everything by a factor. */
function slowed({ capture, lines }: TaughtPart, pace: number): TaughtPart {
  const first = lines[0]?.request.micros ?? 0;
  const at = (micros: number): number => first + Math.round((micros - first) * pace);
  return {
    capture,
    lines: lines.map(({ request, ...known }) => ({
      ...known,
      request: { ...request, micros: at(request.micros), until: at(request.until) },
    })),
  };
}

/**
 * Rows of contexts that have a line on an object of some resources; who lists or clears a namespace looks at every resource.
 *
 * @param requests Of each row, at any level.
 */
export function rowsOn(
  { background, context }: Pick<Dataset<unknown>, 'background' | 'context'>,
  requests: readonly Request[],
  resources: readonly string[],
): Set<number> {
  const on = new Set<string | null>();
  requests.forEach(({ resource, name }, row) => {
    if (name && resources.includes(resource) && !background[row]) on.add(context[row]!);
  });
  return new Set(context.flatMap((one, row) => (on.has(one) ? [row] : [])));
}
