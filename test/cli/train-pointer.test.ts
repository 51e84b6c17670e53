import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { smallLog, temporaryFolders, writeDataset } from '../fixtures/dataset.js';
import { tinyConfig } from '../fixtures/tiny-config.js';

const folders = temporaryFolders();
afterAll(folders.clear);
const folder = folders.make();
const config = join(folder, 'tiny.config.yaml');
writeFileSync(config, tinyConfig(writeDataset(folders.make(), smallLog({ rounds: 6 })), 'blocked'));

/** Trains a pointer for three epochs of five trees; a signal is sent when something is said. */
async function train(
  name: string,
  ends?: { at: RegExp; by: NodeJS.Signals },
): Promise<{ code: number | null; error: string }> {
  const child = spawn(process.execPath, [
    ...[
      'bin/auditweave.mjs',
      'train',
      '--config',
      config,
      '--model',
      'pointer',
      '--epochs',
      '3',
      '--no-report',
    ],
    ...['--set', 'model.beside=', '--set', 'model.trees=5', '--out', join(folder, name)],
  ]);
  let error = '';
  let isSent = false;
  child.stdout.resume();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    error += text;
    if (!ends || isSent || !ends.at.test(error)) return;
    isSent = true;
    child.kill(ends.by);
  });
  return await new Promise((done) => child.on('close', (code) => done({ code, error })));
}

const weights = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(join(folder, name, 'model/trees.safetensors')))
    .digest('hex');

describe('train --model pointer', { timeout: 180_000 }, () => {
  it('hears Ctrl-C in each phase, outlives kill -9, and ends with the same bytes', async () => {
    const [whole, heard, first] = await Promise.all([
      train('whole'),
      train('stopped', { at: /following training captures, 1 of 2/, by: 'SIGINT' }),
      train('killed', { at: /learning what mistakes.* 100 %/, by: 'SIGKILL' }),
    ]);
    expect([whole.code, heard.code, first.code]).toEqual([0, 130, null]);
    expect(heard.error).toContain(
      'train: interrupted before the first epoch, of which nothing is kept.\n  Hint: The same command begins anew.',
    );
    const shelf = join(folder, 'killed', 'checkpoint', 'made.checkpoint');
    expect(existsSync(shelf)).toBe(true);
    const [later, second] = await Promise.all([
      train('stopped', { at: /epoch 1\/3: loss/, by: 'SIGINT' }),
      train('killed', { at: /epoch 2\/3: loss/, by: 'SIGKILL' }),
    ]);
    expect([later.code, second.code]).toEqual([130, null]);
    expect(later.error).toMatch(
      /train: interrupted after epoch \d; .* keeps what was done\.\n +Hint: The same command goes on with epoch \d, after it has made the rest of what it learns from anew\./,
    );
    const ends = await Promise.all([train('stopped'), train('killed')]);
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    for (const { error } of ends) expect(error).not.toContain('epoch 1/3: loss');
    for (const name of ['stopped', 'killed'])
      expect(existsSync(join(folder, name, 'checkpoint'))).toBe(false);
    expect([weights('stopped'), weights('killed')]).toEqual([weights('whole'), weights('whole')]);
  });
});
