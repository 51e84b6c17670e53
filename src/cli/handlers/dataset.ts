import { readFileSync } from 'node:fs';
import { noEvents } from '../../audit/no-events.js';
import { logAt } from '../../audit/open-log.js';
import { readAuditLog } from '../../audit/read.js';
import { Reasons } from '../../audit/reasons.js';
import { assembleDataset } from '../../collect/assemble.js';
import { type RulesVerification, verifyRules } from '../../collect/verify-rules.js';
import type { Manifest } from '../../dataset/manifest.js';
import { datasetStats } from '../../dataset/stats.js';
import { verifyDataset } from '../../dataset/verify.js';
import { AuditweaveError, EXIT } from '../../errors.js';
import { writeFileAtomic } from '../../files/atomic.js';
import { print, printJson, STDERR } from '../output.js';
import { renderStats } from '../stats-text.js';
import { checkTarget } from '../target.js';

export interface DatasetArguments {
  what: 'stats' | 'verify' | 'build' | 'clean';
  folder: string;
  captures: string[] | undefined;
  name: string | undefined;
  title: string | undefined;
  folds: string | undefined;
  commands: number[] | undefined;
  out: string | undefined;
  html: string | undefined;
  rules: boolean;
  json: boolean;
}

/** Does what `dataset` is asked. */
export async function run(options: DatasetArguments): Promise<void> {
  if (options.what === 'build') await build(options);
  else if (options.what === 'verify') await verify(options);
  else if (options.what === 'clean') await clean(options);
  else {
    checkTarget('dataset: --html', options.html, [options.folder]);
    const stats = await datasetStats(options.folder, STDERR);
    if (options.html) {
      // Loaded late: the drawing library takes a second that every other command would wait for.
      const { writeDatasetPage } = await import('../../reports/dataset/page.js');
      await writeDatasetPage(options.html, stats);
    }
    await (options.json ? printJson(stats) : print(renderStats(stats)));
  }
}

async function verify({ folder, json, rules }: DatasetArguments): Promise<void> {
  const files = await verifyDataset(folder);
  const again = rules && files.faults.length === 0 ? await verifyRules(folder) : null;
  const found = { ...files, faults: [...files.faults, ...(again ? faultTexts(again) : [])] };
  if (json) await printJson({ ...found, ...(again ? { rules: again } : {}) });
  else
    await print(
      [
        `${folder}: ${found.lines} lines, ${found.contexts} contexts`,
        ...(found.faults.length
          ? found.faults.map((fault) => `✗ ${fault}`)
          : ['✓ every hash and invariant holds']),
        ...(again?.faults.length === 0
          ? [`✓ attribution finds every row of the truth again: ${again.lines} lines`]
          : []),
        '',
      ].join('\n'),
    );
  if (found.faults.length > 0) process.exitCode = EXIT.gateFailed;
}

/** Differences that are told one by one. */
const TOLD = 20;

function faultTexts({ faults }: RulesVerification): string[] {
  const told = faults
    .slice(0, TOLD)
    .map(
      ({ line, auditID, key, recorded, found }) =>
        `line ${line + 1} (${auditID}): ${key} is ${recorded}, and ${found} by the rules.`,
    );
  return faults.length > TOLD ? [...told, `${faults.length - TOLD} more rows differ.`] : told;
}

async function build({ folder, captures, name, title, folds, commands }: DatasetArguments): Promise<void> {
  if (!captures?.length)
    throw new AuditweaveError('dataset: expected --captures, got none.', {
      hint: 'npm run dataset -- build DIR --captures results/captures/a1 results/captures/a2',
    });
  const own = name ?? folder.replace(/\/+$/, '').split('/').at(-1)!;
  const manifest = await assembleDataset({
    out: folder,
    captures,
    name: own,
    title: title ?? own,
    ...(folds ? { folds: JSON.parse(readFileSync(folds, 'utf8')) as NonNullable<Manifest['folds']> } : {}),
    ...(commands ? { commands } : {}),
    tools: { node: process.version },
  });
  await printJson(manifest.counts);
}

/** Copies the events that can be read, as they are: training wants a file without others, for its hash says what was learned from. */
async function clean({ folder: file, out, json }: DatasetArguments): Promise<void> {
  if (out === undefined)
    throw new AuditweaveError('dataset: expected --out, got none.', {
      hint: `auditweave dataset clean ${file} --out clean.jsonl`,
    });
  checkTarget('dataset: --out', out, [file]);
  const [leftOut, others] = [new Reasons(), new Reasons()];
  const { source, name } = logAt(file);
  let events = 0;
  async function* sound(): AsyncGenerator<string> {
    for await (const { event, text, skipped, invalid } of readAuditLog(source, { name, skipInvalid: true })) {
      if (invalid) leftOut.add(skipped ?? '');
      else if (!event && skipped !== 'blank line') others.add(skipped ?? '');
      if (!event) continue;
      events++;
      yield `${text}\n`;
    }
    if (events === 0)
      throw noEvents(
        `dataset: expected audit events in ${name}, got none`,
        leftOut.total > 0 ? leftOut : others,
      );
  }
  await writeFileAtomic(out, sound());
  const why = leftOut.total > 0 ? `: ${leftOut}` : '';
  const beside = others.total > 0 ? `; ${others.total} are no audit events: ${others}` : '';
  await (json
    ? printJson({ events, leftOut: leftOut.total, reasons: leftOut, others })
    : print(
        `${out}: ${events} events; ${leftOut.total} lines could not be read, and are left out${why}${beside}.\n`,
      ));
}
