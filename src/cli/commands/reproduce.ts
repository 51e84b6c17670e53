import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Reproduction, reproduceRun, reproduceTrial } from '../../comparison/reproduce.js';
import { AuditweaveError, EXIT } from '../../errors.js';
import { isStudy } from '../../studies/read.js';
import type { Command } from '../command.js';
import { onInterrupt } from '../interrupt.js';
import { THREADS, threadsOf } from '../options.js';
import { print, printJson, STDERR, say } from '../output.js';

interface ReproduceArguments {
  folder: string;
  key: string | undefined;
  out: string | undefined;
  threads: string;
  json: boolean;
}

/** `reproduce DIR`: a recorded run again, and whether the same comes out. */
export const reproduce: Command<ReproduceArguments> = {
  command: 'reproduce <folder>',
  describe: 'Run a recorded run again and check that the same comes out, byte for byte on CPU',
  builder: (usage) =>
    usage
      .positional('folder', {
        type: 'string',
        path: 'folder',
        demandOption: true,
        describe: 'Folder of a finished run, or of a study',
      })
      .option('key', { type: 'string', describe: 'Of a study: the trial, by its key or the beginning of it' })
      .option('out', {
        type: 'string',
        path: 'folder',
        describe: 'Folder that keeps the new run [default: a temporary one]',
      })
      .option('threads', THREADS)
      .option('json', { type: 'boolean', default: false, describe: 'Print what was found as JSON' })
      .example(
        '$0 reproduce results/reference/first-light-w60-s7/blocked',
        `Exit code 0: equal; ${EXIT.gateFailed}: not equal`,
      )
      .example('$0 reproduce results/reference/window-size --key 0a1b2c3d', 'One trial of a study'),
  handler: async ({ folder, key, out, threads, json }) => {
    const study = await isStudy(folder);
    checkUse(folder, study, key);
    if (out !== undefined) await checkUnfinished(out);
    const dir = out ?? (await mkdtemp(join(tmpdir(), 'auditweave-reproduce-')));
    const interrupt = onInterrupt(say);
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
  },
};

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
