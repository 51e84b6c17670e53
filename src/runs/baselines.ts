import { encodeLabels } from '../audit/codes.js';
import { COLUMNS } from '../features/columns.js';
import {
  majorityBaseline,
  ownActionBaseline,
  previousLineBaseline,
  tupleBaseline,
} from '../metrics/baselines.js';
import { type LineFacts, nearestActionBaseline } from './nearest-change.js';
import type { Prepared } from './prepare.js';
import type { BaselineName } from './record.js';

/**
 * What each baseline says of every line. Only `previousLine` is told true labels of lines that are tested; `majority` and `tuple` learn
 * those of the training rows, as the model does.
 *
 * @returns Codes by baseline, each of shape [N].
 * @example baselineCodes(await prepare(settings)).ownAction
 */
export function baselineCodes(data: Prepared): Record<BaselineName, Int32Array> {
  const { dataset, codes, partIds, rows, split } = data;
  const own = encodeLabels(dataset.own, partIds).codes;
  const keys = rows.map((row) => JSON.stringify(row));
  const training = split.trainRows.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i),
  );
  const classes = training.map((row) => codes[row]!);
  return {
    majority: majorityBaseline(classes, codes.length),
    previousLine: previousLineBaseline(codes, own, dataset.capture),
    ownAction: ownActionBaseline(own),
    tuple: tupleBaseline({ keys: training.map((row) => keys[row]!), classes }, keys, own),
    nearestAction: nearestActionBaseline(lineFacts(data), own),
  };
}

function lineFacts({ dataset }: Prepared): LineFacts[] {
  const positions = new Map(COLUMNS.map(({ name }, i) => [name, i]));
  return dataset.rows.map(({ fields, namespace, actor }, i) => {
    const value = (...names: string[]): string | null => {
      for (const name of names) {
        const found = fields[positions.get(name)!];
        if (found != null) return found;
      }
      return null;
    };
    const owner = (key: string) =>
      value(
        `responseObject.metadata.ownerReferences.${key}`,
        `requestObject.metadata.ownerReferences.${key}`,
      );
    return {
      capture: dataset.capture[i]!,
      user: actor,
      verb: value('verb'),
      resource: value('objectRef.resource'),
      namespace,
      name: value('objectRef.name', 'responseObject.metadata.name'),
      ownerKind: owner('kind'),
      ownerName: owner('name'),
      involvedKind: value('responseObject.involvedObject.kind'),
      involvedName: value('responseObject.involvedObject.name'),
    };
  });
}
