import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusteringScores, SizeScores } from '../metrics/clustering.js';
import type { Protocol } from '../runs/record.js';
import type { StudyResults } from '../studies/read.js';
import type { Point } from '../studies/record.js';

/** How right contexts are, over all and by the size of the true one. */
export interface FoundContexts extends ClusteringScores {
  bySize: SizeScores[];
}

/** `contexts.json` of a study: the contexts that follow from the labels that its trials predicted, by the paper's methods [K8NTEXT, §5.9]. */
export interface ContextFindings {
  schema: 1;
  /** By the labels of a trial, with the hash of its predictions. */
  trials: { key: string; sha256: string; scores: FoundContexts }[];
  /** On the same lines: by the true labels, and by rules without labels; of the first trial of a point. */
  beside: { point: Point; protocol: Protocol; way: string; scores: FoundContexts }[];
}

/** Its name in a study's folder. */
export const CONTEXT_FINDINGS = 'contexts.json';

/**
 * What was found of a study's contexts, without what is of other trials than those of the records.
 *
 * @returns Null where that was not done, or for no trial that is there.
 */
export async function readContextFindings({ dir, records }: StudyResults): Promise<ContextFindings | null> {
  const file = join(dir, CONTEXT_FINDINGS);
  if (!existsSync(file)) return null;
  const found = JSON.parse(await readFile(file, 'utf8')) as ContextFindings;
  const hashes = new Map(records.map(({ key, result }) => [key, result?.predictions?.sha256]));
  const trials = found.trials.filter(({ key, sha256 }) => hashes.get(key) === sha256);
  return trials.length > 0 ? { ...found, trials } : null;
}
