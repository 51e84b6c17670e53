import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Reproduction, reproduceRun, reproduceTrial } from '../../comparison/reproduce.js';
import { AuditweaveError, EXIT } from '../../errors.js';
import { temporaryFolder } from '../../files/temporary.js';
import { refuseReference } from '../../runs/reference.js';
import { isStudy } from '../../studies/read.js';
import { onInterrupt } from '../interrupt.js';
import { threadsOf } from '../options.js';
import { print, printJson, STDERR, say } from '../output.js';

export interface ReproduceArguments {
  folder: string;
  key: string | undefined;
  out: string | undefined;
  threads: string;
  json: boolean;
}

/** Does what `reproduce` is asked. */
export async function run({ folder, key, out, threads, json }: ReproduceArguments): Promise<void> {
  const study = await isStudy(folder);
  checkUse(folder, study, key);
  if (out !== undefined) await checkUnfinished(out);
  const dir = out ?? (await temporaryFolder());
  const interrupt = onInterrupt(say, out === undefined ? 'without --out nothing is kept' : undefined);
  const options = {
    out: dir,
    threads: threadsOf(threads),
    signal: interrupt.signal,
    sink: STDERR,
  };
  try {
    const found = study ? await reproduceTrial(folder, key!, options) : await reproduceRun(folder, options);
    await (json ? printJson({ out: out ?? null, ...found }, 2) : print(textOf(found)));
    if (!found.equal) process.exitCode = EXIT.gateFailed;
  } finally {
    interrupt.release();
    if (out === undefined) await rm(dir, { recursive: true, force: true });
  }
}

function checkUse(folder: string, study: boolean, key: string | undefined): void {
  if (study && key === undefined)
    throw new AuditweaveError(`reproduce: expected --key, since ${folder} is a study, got none.`, {
      hint: `Keys are in ${join(folder, 'records.jsonl')}.`,
    });
  if (!study && key !== undefined)
    throw new AuditweaveError(`reproduce: expected a study with --key, got ${folder}.`, {
      hint: 'A study is a folder with study.json.',
    });
}

/** A run that is finished would be compared as it is. */
async function checkUnfinished(out: string): Promise<void> {
  refuseReference(out, null, 'Name another folder with --out, or none');
  const names: string[] = await readdir(out).catch(() => []);
  const finished = ['metrics.json', 'record.json'].find((name) => names.includes(name));
  if (finished === undefined) return;
  throw new AuditweaveError(`reproduce: expected no finished run in ${out}, got ${finished}.`, {
    hint: 'Name an empty folder with --out.',
  });
}

function textOf({ of, equal, compared, difference, added, changed }: Reproduction): string {
  const lines = [
    equal
      ? `equal: ${of}: ${compared.join(' and ')} came out the same, byte for byte (times apart).`
      : `not equal: ${of}: ${difference!.file}: ${difference!.at}: recorded ${shown(difference!.recorded)}, now ${shown(difference!.now)}.`,
  ];
  if (added.length > 0) lines.push(`This version records more, which is not compared: ${added.join('; ')}.`);
  if (changed.length > 0) lines.push(`Not as it was: ${changed.join('; ')}.`);
  return `${lines.join('\n')}\n`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
