import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { labelReader } from '../audit/codes.js';
import { loadResourceTable, partIds } from '../audit/labels.js';
import { readBatches } from '../audit/read.js';
import {
  CONTEXT_FINDINGS,
  type ContextFindings,
  readContextFindings,
} from '../comparison/context-findings.js';
import { settingsAt } from '../comparison/run-set.js';
import { methodsOn, type ScoredLines, scoreParts, WAYS_WITHOUT_MODEL, type Way } from '../contexts/ways.js';
import { openDataset } from '../dataset/load.js';
import { AuditweaveError } from '../errors.js';
import { writeFileAtomic } from '../files/atomic.js';
import { type Predictions, readPredictions } from '../runs/predictions.js';
import { samePoint } from '../studies/point.js';
import type { StudyResults } from '../studies/read.js';
import type { StudyRecord } from '../studies/record.js';

/** What stands beside the labels of trials: the same methods on the true ones, and rules that ask for none. */
const BESIDE: readonly Way[] = WAYS_WITHOUT_MODEL.filter(({ name }) => /^rules$|, all three$/.test(name));

/**
 * Scores the contexts that follow from the labels that a study's trials predicted, and writes `contexts.json`. What was scored before stays; of
 * others those are looked at whose predicted lines are here. The log is read once for all of them.
 *
 * @returns Null where there is nothing, as for a dataset whose contexts are unknown, or that is not here as it was.
 * @example await writeContextFindings(await readStudy('results/learning-curve'))
 */
export async function writeContextFindings(results: StudyResults): Promise<ContextFindings | null> {
  const before = await readContextFindings(results);
  const known = new Set(before?.trials.map(({ key }) => key));
  const trials = [];
  for (const record of results.records) {
    const recorded = result(record);
    if (!recorded || known.has(record.key)) continue;
    const said = await readPredictions(join(results.dir, 'trials', record.key), recorded);
    if (said?.context.some((context) => context !== null)) trials.push({ record, said });
  }
  const log = trials.length > 0 ? await logOf(results) : null;
  if (log === null) return before;
  const table = await loadResourceTable();
  const labelOf = labelReader(partIds(table));
  const beside = before?.beside ?? [];
  const parts = new Map<string, { part: ScoredLines; keys: string[] }>();
  const first = [];
  for (const { record, said } of trials) {
    const { key, point, protocol } = record;
    const { level } = settingsAt(results, point, protocol).audit;
    const name = `${level} ${createHash('sha256').update(said.line).digest('hex')}`;
    const own = parts.get(name) ?? { part: partOf(said, level, labelOf), keys: [] };
    parts.set(name, {
      part: { ...own.part, ways: [...own.part.ways, wayOf(key, said, labelOf)] },
      keys: [...own.keys, key],
    });
    const there = [...beside, ...first].some(
      (one) => one.protocol === protocol && samePoint(one.point, point),
    );
    if (!there) first.push({ point, protocol, name });
  }
  const scored = await scoreParts(
    readBatches(log),
    [...parts.values()].map(({ part }) => part),
    table,
  );
  const byPart = new Map([...parts.keys()].map((name, i) => [name, scored[i]!]));
  const hashes = new Map(results.records.map((record) => [record.key, result(record)?.sha256]));
  const findings: ContextFindings = {
    schema: 1,
    trials: [
      ...(before?.trials ?? []),
      ...[...parts].flatMap(([name, { keys }]) =>
        keys.map((key) => ({
          key,
          sha256: hashes.get(key)!,
          scores: byPart.get(name)!.find(({ way }) => way === key)!.scores,
        })),
      ),
    ],
    beside: [
      ...beside,
      ...first.flatMap(({ point, protocol, name }) =>
        BESIDE.map(({ name: way }) => ({
          ...{ point, protocol, way },
          scores: byPart.get(name)!.find((one) => one.way === way)!.scores,
        })),
      ),
    ],
  };
  await writeFileAtomic(join(results.dir, CONTEXT_FINDINGS), `${JSON.stringify(findings, null, 1)}\n`);
  return findings;
}

const result = ({ result: found }: StudyRecord) => found?.predictions;

type LabelOf = ReturnType<typeof labelReader>;

/** The lines of a trial with their truth, and what needs no trial. */
function partOf(
  { line, context, truth }: Predictions,
  level: ScoredLines['level'],
  labelOf: LabelOf,
): ScoredLines {
  const places = new Map(Array.from(line, (at, i) => [at, i]));
  return {
    level,
    lines: line,
    truthOf: (at) => {
      const place = places.get(at);
      const own = place === undefined ? null : context[place]!;
      return own === null ? undefined : { context: own, label: labelOf(truth[place!]!) };
    },
    ways: BESIDE,
  };
}

function wayOf(key: string, { line, predicted }: Predictions, labelOf: LabelOf): Way {
  const labels = new Map(Array.from(line, (at, i) => [at, predicted[i]!]));
  return methodsOn(key, (at) => {
    const code = labels.get(at);
    return code === undefined ? null : labelOf(code);
  });
}

/** The log of the study's dataset; null where it is not here as it was. */
async function logOf({ study }: StudyResults): Promise<string | null> {
  try {
    const source = await openDataset(String(study.settings.dataset));
    const same = source.kind === 'contract' && source.sha256 === study.dataset.sha256;
    return same ? join(source.dir, 'audit.jsonl.gz') : null;
  } catch (error) {
    if (error instanceof AuditweaveError) return null;
    throw error;
  }
}
