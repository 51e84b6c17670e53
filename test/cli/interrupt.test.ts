import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { onInterrupt } from '../../src/cli/interrupt.js';
import { shelfIn } from '../../src/training/checkpoint.js';
import { request } from '../contexts/log.js';
import { smallLog, temporaryFolders, writeDataset } from '../fixtures/dataset.js';
import { runCommand } from '../fixtures/run-command.js';
import { tinyConfig } from '../fixtures/tiny-config.js';

const folders = temporaryFolders();
afterAll(folders.clear);
afterEach(() => vi.restoreAllMocks());

/** What a command says that is asked to end as soon as it listens. */
async function interrupted(...argv: string[]): Promise<{ code: number; error: string }> {
  const before = process.listenerCount('SIGINT');
  let isOver = false;
  const ended = runCommand(...argv).finally(() => {
    isOver = true;
  });
  while (!isOver && process.listenerCount('SIGINT') === before) await turn();
  process.emit('SIGINT');
  return await ended;
}

describe('a command that is interrupted before it has done anything', () => {
  it('train says that nothing is kept, and that the same command begins anew', async () => {
    const config = join(folders.make(), 'tiny.config.yaml');
    writeFileSync(config, tinyConfig(writeDataset(folders.make(), smallLog({ rounds: 6 })), 'both'));
    const train = (...more: string[]): Promise<{ code: number; error: string }> =>
      interrupted(
        'train',
        '--config',
        config,
        '--device',
        'cpu',
        '--no-report',
        '--out',
        join(folders.make(), 'run'),
        ...more,
      );
    const both = await train();
    expect(both.code).toBe(130);
    expect(both.error).toContain(
      'train: interrupted in the first epoch of paper, of which nothing is kept.\n  Hint: The same command begins anew.',
    );
    expect((await train('--protocol', 'blocked')).error).toContain(
      'train: interrupted in the first epoch, of which nothing is kept.',
    );
  });

  it('train says before the first epoch of a pointer what is kept of that which comes before', async () => {
    const config = join(folders.make(), 'tiny.config.yaml');
    writeFileSync(config, tinyConfig(writeDataset(folders.make(), smallLog({ rounds: 6 })), 'blocked'));
    const out = join(folders.make(), 'run');
    const train = [
      'train',
      '--config',
      config,
      '--model',
      'pointer',
      '--set',
      'model.beside=',
      '--no-report',
    ];
    const first = await interrupted(...train, '--out', out);
    expect([first.code, first.error]).toEqual([
      130,
      expect.stringContaining(
        'train: interrupted before the first epoch, of which nothing is kept.\n  Hint: The same command begins anew.',
      ),
    ]);
    await shelfIn(join(out, 'checkpoint')).write({
      'a/trees/root': { shape: [1], data: Float32Array.of(0) },
    });
    expect((await interrupted(...train, '--out', out)).error).toContain(
      `train: interrupted before the first epoch; ${out} keeps a part of what it learns from.\n  Hint: The same command goes on.`,
    );
  });

  it('contexts --out says that no line was put in', async () => {
    const dir = folders.make();
    const log = join(dir, 'audit.log');
    writeFileSync(log, `${JSON.stringify(request(0, 'ann', 'create', 'pods/shop/a'))}\n`);
    const { code, error } = await interrupted('contexts', log, '--out', join(dir, 'store'));
    expect(code).toBe(130);
    expect(error).toContain(
      `contexts: interrupted before a new line was put into ${join(dir, 'store')}.\n  Hint: The same command begins anew.`,
    );
    expect(readdirSync(dir)).toEqual(['audit.log']);
  });
});

describe('onInterrupt', () => {
  it('aborts on the first signal, and ends the process on the second', () => {
    const said: string[] = [];
    const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as () => never);
    const { signal, release } = onInterrupt((text) => said.push(text));
    process.emit('SIGINT');
    expect(signal.aborted).toBe(true);
    expect(said).toEqual([
      '\nStopping after this step; the same command goes on from the last finished epoch, where there is one. Again to stop at once.\n',
    ]);
    expect(exit).not.toHaveBeenCalled();
    process.emit('SIGTERM');
    expect(exit).toHaveBeenCalledWith(130);
    release();
  });

  it('puts the old behaviour back', () => {
    const before = process.listenerCount('SIGINT');
    const { release } = onInterrupt(() => {});
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    release();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
