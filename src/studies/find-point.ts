import { AuditweaveError } from '../errors.js';
import { parseChange } from '../settings/settings.js';
import type { StudyResults } from './read.js';
import type { Point } from './record.js';

/**
 * The point of a study that a person means.
 *
 * @param said Its label, or some of its settings as `path=value` that no other point has.
 * @throws {AuditweaveError} None is, or several are; all of them are named.
 * @example findPoint(results, ['window.size=10']) // { 'window.size': 10 }
 */
export function findPoint({ study }: StudyResults, said: readonly string[]): Point {
  const labelled = study.points.find(({ label }) => label === said.join(' '));
  if (labelled) return labelled.point;
  const wanted = said.every((text) => text.includes('=')) ? said.map(parseChange) : null;
  const equal = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const found = wanted
    ? study.points.filter(({ point }) =>
        wanted.every(([path, value]) => path in point && equal(point[path], value)),
      )
    : [];
  if (found.length === 1) return found[0]!.point;
  const labels = (found.length > 0 ? found : study.points).map(({ label }) => label);
  throw new AuditweaveError(
    `studies: expected one point of ${study.name}, got ${said.join(' ')}, which ${found.length === 0 ? 'is none' : `are ${found.length}`}.`,
    {
      hint: `${found.length > 0 ? 'They are' : 'Points are'}: ${labels.slice(0, 8).join('; ')}${labels.length > 8 ? '; …' : ''}.`,
    },
  );
}
