import type { JsonValue } from '../../audit/event.js';
import type { RandomStream } from '../../random.js';
import type { Step } from './steps.js';

/** What a person's jobs are drawn from. */
export interface Draw {
  random: RandomStream;
  homes: readonly string[];
  name: () => string;
  minutes: number;
  /** Milliseconds between two requests of a machine, one of which a job draws. */
  pauses: readonly number[];
}
/** A step, as far as it differs from a plain kubectl command. */
export type Job = Partial<Step> & Pick<Step, 'action' | 'at'>;

/** Begins of jobs, about so many seconds apart, from when the namespaces are there. */
export function* moments({ random, minutes }: Draw, seconds: number): Generator<number> {
  for (let at = 4000; at < minutes * 60_000; at += seconds * (500 + 1000 * random.next())) yield at;
}

/** Milliseconds between two requests of one job. */
export const pauseOf = ({ random, pauses }: Draw): number =>
  pauses.length === 1 ? pauses[0]! : pick(random, pauses);

/** One of several. */
export const pick = <T>(random: RandomStream, from: readonly T[]): T => from[random.integer(from.length)]!;

/** A deployment of one container. */
export function deployment(
  metadata: { name: string; labels: Record<string, string> },
  replicas: number,
): JsonValue {
  const { app = metadata.name } = metadata.labels;
  const container = { name: 'main', image: 'nginx:1.27' };
  return {
    metadata,
    spec: {
      replicas,
      selector: { matchLabels: { app } },
      template: {
        metadata: { labels: { app } },
        spec: { terminationGracePeriodSeconds: 5, containers: [container] },
      },
    },
  };
}
