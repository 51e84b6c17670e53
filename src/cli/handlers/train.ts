import { basename, join, relative } from 'node:path';
import { levelText } from '../../audit/level.js';
import { openDataset } from '../../dataset/load.js';
import { AuditweaveError, EXIT } from '../../errors.js';
import { formatSeconds } from '../../progress.js';
import type { MetricsRecord, RunRecord } from '../../runs/record.js';
import { refuseReference } from '../../runs/reference.js';
import { checkRunsFolder, listFiles } from '../../runs/run-folder.js';
import { runTrial, type TrialResult } from '../../runs/train.js';
import type { Settings } from '../../settings/schema.js';
import { parseChange, readSettings } from '../../settings/settings.js';
import { leakWord } from '../../windows/leak-word.js';
import { onInterrupt } from '../interrupt.js';
import { threadsOf } from '../options.js';
import { print, printJson, STDERR, say } from '../output.js';
import { formatInterval, table } from '../table.js';

export interface TrainOptions {
  config: string;
  dataset?: string;
  window?: number;
  protocol?: string;
  model?: string;
  seed?: number;
  epochs?: number;
  device: 'auto' | 'cpu' | 'cuda';
  threads: string;
  out?: string;
  set: string[];
  fresh: boolean;
  updateReference: boolean;
  hashValues: boolean;
  json: boolean;
  report: boolean;
}

/** Does what `train` is asked. */
export async function run(options: TrainOptions): Promise<void> {
  const settings = await fitSelection(await readSettings(options.config, changes(options)), options);
  const out = options.out ?? defaultFolder(settings, options.config);
  refuseReference(out, options.updateReference, 'Name another one with --out, or none');
  const { protocol } = settings.split;
  if (protocol === 'both') await checkRunsFolder(out);
  const protocols = protocol === 'both' ? (['paper', 'blocked'] as const) : [protocol];
  const command = `train ${process.argv.slice(3).join(' ')}`.trim();
  const interrupt = onInterrupt(say);
  const results: { run: RunRecord; metrics: MetricsRecord }[] = [];
  try {
    for (const own of protocols) {
      const { run, metrics, made } = await runTrial({
        settings: { ...settings, split: { ...settings.split, protocol: own } },
        out: protocol === 'both' ? join(out, own) : out,
        named: out,
        command,
        device: options.device,
        threads: threadsOf(options.threads),
        fresh: options.fresh,
        hashValues: options.hashValues,
        signal: interrupt.signal,
        sink: STDERR,
      });
      if (!metrics)
        throw interruptedBy(run, {
          out,
          made,
          of: protocols.length > 1 ? own : null,
          others: results.length,
        });
      results.push({ run, metrics });
    }
  } finally {
    interrupt.release();
  }
  const report = options.report ? await drawReport(out, protocol !== 'both') : null;
  if (options.json) await printJson({ out, report, results }, 2);
  else await print(summary(results, out, report));
}

/** What an interrupted run keeps, and what the same command does. */
function interruptedBy(
  { epochs }: RunRecord,
  { out, made, of, others }: { made: TrialResult['made']; out: string; of: string | null; others: number },
): AuditweaveError {
  const named = of === null ? '' : ` of ${of}`;
  const where = made?.before === false ? 'before' : 'in';
  const anew = made ? `, after it has made ${made.kept ? 'the rest of ' : ''}what it learns from anew` : '';
  const kept = made?.kept ? `; ${out} keeps a part of what it learns from` : ', of which nothing is kept';
  const goesOn = epochs === 0 ? 'goes on' : `goes on with epoch ${epochs + 1}${anew}`;
  return new AuditweaveError(
    epochs > 0
      ? `train: interrupted after epoch ${epochs}${named}; ${out} keeps what was done.`
      : `train: interrupted ${where} the first epoch${named}${kept}.`,
    {
      hint: `The same command ${epochs > 0 || others > 0 || made?.kept ? goesOn : 'begins anew'}.`,
      exitCode: EXIT.interrupted,
    },
  );
}

/** Loaded late: the drawing library takes a second that other commands need not wait for. */
async function drawReport(out: string, single: boolean): Promise<string> {
  const { writeReport } = await import('../../reports/write-report.js');
  const { html, charts, tables } = await writeReport(out);
  if (single)
    await listFiles(
      out,
      [html, ...charts, ...tables].map((path) => relative(out, path)),
    );
  return html;
}

function changes(options: TrainOptions): Record<string, unknown> {
  const flags: Record<string, unknown> = {
    dataset: options.dataset,
    'window.size': options.window,
    'split.protocol': options.protocol,
    'model.name': options.model,
    seed: options.seed,
    'training.epochs': options.epochs,
  };
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  return Object.fromEntries([...given, ...options.set.map(parseChange)]);
}

/** Another dataset than the configuration's has other selections: without the configuration's one it is taken whole. */
async function fitSelection(settings: Settings, { dataset, set }: TrainOptions): Promise<Settings> {
  if (dataset === undefined || settings.selection === 'all' || set.some((text) => /^selection=/.test(text)))
    return settings;
  const { name, manifest } = await openDataset(dataset, { verify: false });
  if (manifest?.selections?.[settings.selection]) return settings;
  say(`${name}: no selection “${settings.selection}” there, so all of its lines.\n`);
  return { ...settings, selection: 'all' };
}

/** A folder a question; below it one a protocol, so that one alone and both side by side find the same runs. */
function defaultFolder({ dataset, window, seed, split }: Settings, config: string): string {
  const data = basename(dataset).replace(/\.(jsonl|json|log|gz)/g, '') || 'run';
  const base = basename(config).replace(/(\.config)?\.yaml$/, '');
  const name = base === 'paper' ? data : `${data}-${base}`;
  const folder = join('results', `${name}-w${window.size}-s${seed}`);
  return split.protocol === 'both' ? folder : join(folder, split.protocol);
}

function summary(
  results: readonly { run: RunRecord; metrics: MetricsRecord }[],
  out: string,
  report: string | null,
): string {
  const rows = results.map(({ run, metrics }) => [
    metrics.protocol,
    leakWord(run.leak),
    `${(100 * run.leak.sharedLines.share).toFixed(1)} %`,
    formatInterval(metrics.lines.macroF1.strict),
    formatInterval(metrics.lines.exactMatch),
    formatInterval(metrics.baselines.ownAction.exactMatch),
    String(metrics.lines.n),
    String(run.epochs),
    formatSeconds(run.seconds),
  ]);
  const head = [
    'protocol',
    'split',
    'test lines in training',
    'macro F1 (strict)',
    'exact match',
    'own-action baseline',
    'lines',
    'epochs',
    'time',
  ];
  const places = [`Run: ${out}`, ...(report ? [`Report: ${report}`] : [])];
  return `${table(head, rows)}\nBy line, voted over windows; strict: the mean over all classes that are true or predicted; 95 % intervals; log ${levelText(results[0]?.metrics.level)}.\n${places.join('\n')}\n`;
}
