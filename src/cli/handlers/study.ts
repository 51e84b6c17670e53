import { join } from 'node:path';
import { writeLineFindings } from '../../comparison/line-findings.js';
import { AuditweaveError, EXIT } from '../../errors.js';
import { formatSeconds } from '../../progress.js';
import { refuseReference } from '../../runs/reference.js';
import type { Protocol } from '../../settings/protocols.js';
import { parseChange } from '../../settings/settings.js';
import { coordinate, parseBudget, type StudyEvent, type StudyOutcome } from '../../studies/coordinator.js';
import type { StudyEngine } from '../../studies/engines/engine.js';
import { Estimate } from '../../studies/estimate.js';
import { type OpenStudy, openStudy } from '../../studies/open.js';
import { readStudy } from '../../studies/read.js';
import { onInterrupt } from '../interrupt.js';
import { jsonText, print, printJson, STDERR, say, writeSoon } from '../output.js';
import { writeContextFindings } from '../study-contexts.js';
import { type EngineArguments, engineOf } from '../study-engine.js';
import { table } from '../table.js';

export interface StudyArguments extends EngineArguments {
  file: string;
  runs: number | undefined;
  base: string | undefined;
  protocol: Protocol[] | undefined;
  set: string[];
  only: string[] | undefined;
  budget: string | undefined;
  retryFailed: boolean;
  out: string | undefined;
  list: boolean;
  report: boolean;
  updateReference: boolean;
  json: boolean;
}

/** Does what `study` is asked. */
export async function run(options: StudyArguments): Promise<void> {
  const opened = await openStudy(options.file, {
    ...(options.base === undefined ? {} : { base: options.base }),
    ...(options.runs === undefined ? {} : { runs: options.runs }),
    set: Object.fromEntries(options.set.map(parseChange)),
    ...(options.out === undefined ? {} : { out: options.out }),
    say,
  });
  const engine = engineOf(options);
  const wanted = wantedKeys(opened, options);
  const estimate = new Estimate(opened.file.dataset.lines, opened.trials);
  if (options.list) return await list(opened, wanted, estimate, engine, options.json);
  refuseReference(opened.dir, options.updateReference, 'Name another folder with --out, or none');
  const budget = options.budget === undefined ? null : parseBudget(options.budget);
  const interrupt = onInterrupt(say);
  try {
    const outcome = await opened.locked(async (folder) => {
      for (const timing of folder.timings()) estimate.learn(timing);
      return await coordinate({
        study: opened.study.name,
        folder,
        trials: opened.trials,
        wanted,
        engine,
        estimate,
        classes: opened.study.report.classes,
        retryFailed: options.retryFailed,
        budget,
        signal: interrupt.signal,
        sink: STDERR,
        tell: (event: StudyEvent) => {
          if (options.json) writeSoon(`${jsonText(event)}\n`);
        },
      });
    });
    const report = options.report && outcome.done > 0 ? await drawReport(opened.dir) : null;
    if (!options.json) await print(summary(opened, outcome, wanted, report));
    finish(opened, outcome, wanted);
  } finally {
    interrupt.release();
  }
}

/** Keys of the trials that `--only`, `--protocol` and `--runs` leave. The others keep their place in the study. */
function wantedKeys(
  { trials, study }: OpenStudy,
  { only, protocol, runs = Infinity }: Pick<StudyArguments, 'only' | 'protocol' | 'runs'>,
): Set<string> {
  const strange = protocol?.filter((name) => !study.protocols.includes(name)) ?? [];
  if (strange.length > 0)
    throw new AuditweaveError(
      `study: expected --protocol to be one of the study’s, ${study.protocols.join(', ')}, got ${strange.join(', ')}.`,
      { hint: 'A protocol is added in the study’s file.', exitCode: EXIT.usage },
    );
  const named = trials.filter(
    ({ key, label }) => !only || only.some((id) => key.startsWith(id) || label === id),
  );
  if (named.length > 0)
    return new Set(
      named
        .filter((trial) => trial.run < runs && (protocol?.includes(trial.protocol) ?? true))
        .map(({ key }) => key),
    );
  const labels = [...new Set(trials.map(({ label }) => label))];
  throw new AuditweaveError(`study: expected --only to name a trial, got ${only?.join(', ')}.`, {
    hint: `Points are: ${labels.slice(0, 8).join('; ')}${labels.length > 8 ? '; …' : ''}. --list shows all keys.`,
  });
}

async function list(
  { trials, dir, study: { name }, look }: OpenStudy,
  wanted: ReadonlySet<string>,
  estimate: Estimate,
  { workers }: StudyEngine,
  json: boolean,
): Promise<void> {
  const known = await look();
  for (const timing of known.timings) estimate.learn(timing);
  const rows = trials
    .filter(({ key }) => wanted.has(key))
    .map((trial) => ({
      key: trial.key,
      label: trial.label,
      protocol: trial.protocol,
      run: trial.run + 1,
      seed: trial.seed,
      status: known.statusOf(trial.key),
      seconds: Math.round(estimate.seconds(trial)),
    }));
  if (json) {
    for (const row of rows) await printJson(row);
    return;
  }
  const open = rows.filter(({ status }) => status === 'missing');
  const seconds = open.reduce((sum, row) => sum + row.seconds, 0) / Math.max(1, workers ?? 1);
  await print(
    `${table(
      ['key', 'point', 'protocol', 'run', 'seed', 'status', 'about'],
      rows.map(({ key, label, protocol, run, seed, status, seconds: own }) => [
        key,
        label,
        protocol,
        String(run),
        String(seed),
        status,
        formatSeconds(own),
      ]),
    )}\n${name}: ${rows.length} trials, ${open.length === 0 ? 'none' : `${open.length}`} to run${open.length === 0 ? '' : `: about ${formatSeconds(seconds)} with ${workers ?? 'the engine’s'} at once`}. Results: ${dir}\n`,
  );
}

/** Loaded late: the drawing library takes a second that other commands need not wait for. */
async function drawReport(dir: string): Promise<string> {
  const results = await readStudy(dir);
  await writeLineFindings(results);
  await writeContextFindings(results);
  const { writeReport } = await import('../../reports/write-report.js');
  return (await writeReport(dir)).html;
}

function summary(
  { study: { name }, dir }: OpenStudy,
  outcome: StudyOutcome,
  wanted: ReadonlySet<string>,
  report: string | null,
): string {
  const { done, failed, stopped } = outcome;
  const missing = outcome.missing.filter(({ key }) => wanted.has(key));
  const others = outcome.missing.length - missing.length;
  const counts = [
    `${done} trials done`,
    ...(failed ? [`${failed} failed`] : []),
    ...(missing.length ? [`${missing.length} missing`] : []),
    ...(others ? [`${others} not asked for`] : []),
  ];
  const parts = [`${name}: ${counts.join(', ')}.`];
  if (stopped === 'budget' && missing.length > 0) {
    const labels = [
      ...new Set(missing.map(({ label, protocol, run }) => `${label} ${protocol} run ${run + 1}`)),
    ];
    parts.push(
      `Not begun, as they did not fit the budget: ${labels.slice(0, 12).join('; ')}${labels.length > 12 ? `; and ${labels.length - 12} more` : ''}.`,
    );
  }
  parts.push(`Records: ${join(dir, 'records.jsonl')}`, ...(report ? [`Report: ${report}`] : []));
  return `${parts.join('\n')}\n`;
}

function finish(
  { dir }: OpenStudy,
  { stopped, failed, missing }: StudyOutcome,
  wanted: ReadonlySet<string>,
): void {
  const toGo = missing.filter(({ key }) => wanted.has(key)).length;
  if (stopped === 'interrupted')
    throw new AuditweaveError(
      `study: interrupted with ${toGo} of ${wanted.size} trials to go; ${dir} keeps what was done.`,
      {
        hint: 'The same command goes on.',
        exitCode: EXIT.interrupted,
      },
    );
  if (stopped === 'breaker')
    throw new AuditweaveError(
      `study: stopped after five failures in a row, ${toGo} of ${wanted.size} trials to go.`,
      {
        hint: `Read why in ${join(dir, 'records.jsonl')}; then run it again with --retry-failed.`,
        exitCode: EXIT.someTrialsFailed,
      },
    );
  if (failed > 0) process.exitCode = EXIT.someTrialsFailed;
}
