import { plain } from '../../page/html.js';
import { shorten } from './font.js';

export interface NameOptions {
  /** Greatest width of a name, px; what is wider loses its middle. */
  limit: number;
  /** Font size, px. */
  size: number;
}

/**
 * Short names of labels for charts: without “(one, namespaced)” and without the API group, as long as no two get the same.
 * Two that are the same even so, shortened to `limit`, are numbered.
 *
 * @param texts Whole texts of labels.
 * @returns Short name by whole text.
 * @example shortNames(['patch coordination.k8s.io/leases (one, namespaced)'], { limit: 200, size: 11 }) // Map { … → 'patch leases' }
 */
export function shortNames(texts: readonly string[], options: NameOptions): Map<string, string> {
  const whole = [...new Set(texts)];
  const names = new Map<string, string>();
  for (const form of [withoutGroup, withoutCounts, plain]) {
    const shorts = whole.map((text) => form(text));
    const often = counts(shorts);
    whole.forEach((text, i) => {
      if (!names.has(text) && (form === plain || often.get(shorts[i]!) === 1)) names.set(text, shorts[i]!);
    });
  }
  const taken = new Set<string>();
  for (const [text, name] of names) {
    const short = shorten(name, options.limit, options.size);
    let free = short;
    for (let i = 2; taken.has(free); i++) free = `${short} #${i}`;
    taken.add(free);
    names.set(text, free);
  }
  return names;
}

const withoutCounts = (text: string): string => plain(text).replace(/ \([^()]*\)$/, '');

function withoutGroup(text: string): string {
  return withoutCounts(text).replace(
    / (apps|autoscaling|batch|extensions|policy|[a-z0-9-]+(\.[a-z0-9-]+)+)\//,
    ' ',
  );
}

function counts(values: readonly string[]): Map<string, number> {
  const often = new Map<string, number>();
  for (const value of values) often.set(value, (often.get(value) ?? 0) + 1);
  return often;
}
