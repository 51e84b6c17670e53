import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { evaluate } from '../../src/cli/commands/evaluate.js';
import { main } from '../../src/cli/main.js';
import { runTrial } from '../../src/runs/train.js';
import { smallLog, temporaryFolders, writeDataset } from '../fixtures/dataset.js';
import { smallSettings } from '../fixtures/settings.js';

const folders = temporaryFolders();
afterAll(folders.clear);

/** What a command prints, and its exit code. */
async function run(...argv: string[]): Promise<{ code: number; out: string; error: string }> {
  let [out, error] = ['', ''];
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      out += text;
      return true;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      error += text;
      return true;
    }),
    vi.spyOn(console, 'log').mockImplementation((text: string) => {
      out += `${text}\n`;
    }),
  ];
  try {
    return { code: await main(argv), out, error };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

afterEach(() => {
  process.exitCode = undefined;
});

const COMMANDS = ['train', 'evaluate', 'label', 'report', 'doctor', 'dataset'];

describe('main', () => {
  it('says that a command is needed, or which is near, or that there is none', async () => {
    expect(await run()).toEqual({
      code: 2,
      out: '',
      error: 'cli: expected a command, got none.\n  Hint: auditweave --help\n',
    });
    expect(await run('trai')).toEqual({
      code: 2,
      out: '',
      error: 'cli: expected a command, got “trai”.\n  Hint: Did you mean train?\n',
    });
    expect(await run('frobnicate')).toEqual({
      code: 2,
      out: '',
      error: 'cli: expected a command, got “frobnicate”.\n  Hint: auditweave --help\n',
    });
  });

  it('says which option is near', async () => {
    expect(await run('train', '--windw', '10')).toEqual({
      code: 2,
      out: '',
      error: 'cli: expected an option of train, got --windw.\n  Hint: Did you mean --window?\n',
    });
    expect((await run('train', '--colour', 'red')).error).toBe(
      'cli: expected an option of train, got --colour.\n  Hint: auditweave train --help\n',
    );
  });

  it('says which option is missing, and which values one can have', async () => {
    expect(await run('evaluate')).toEqual({
      code: 2,
      out: '',
      error: 'cli: expected --model, got none.\n  Hint: auditweave evaluate --help\n',
    });
    const { code, error } = await run('train', '--protocol', 'random');
    expect(code).toBe(2);
    expect(error).toContain(
      'cli: expected --protocol to be one of both, paper, blocked, capture, got “random”.',
    );
  });

  it.each(COMMANDS)('%s --help has an example', async (command) => {
    const { code, out, error } = await run(command, '--help');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(new RegExp(`Examples:\\n.*${command}`));
  });

  it('lists the commands, and prints its version', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(out).toContain(`auditweave ${command}`);
    expect(await run('--version')).toEqual({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      error: '',
    });
  });

  it('prints a completion script', async () => {
    const { code, out } = await run('completion');
    expect(code).toBe(0);
    expect(out).toContain('complete -o default -F _auditweave auditweave auditweave.mjs');
  });

  it('listens to standard output once, however often it is called', async () => {
    await run('--version');
    const before = process.stdout.listenerCount('error');
    await run('--version');
    expect(process.stdout.listenerCount('error')).toBe(before);
  });

  it('says nothing of its inside when a file of the user is wrong', async () => {
    const { code, out, error } = await run('train', '--config', 'nowhere.yaml');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toBe(
      'studies: expected a settings file, got no readable nowhere.yaml.\n  Hint: Name a file, or one of these: fast, fast-1, paper.\n',
    );
    const set = await run('train', '--set', 'seed=[1');
    expect(set.code).toBe(2);
    expect(set.error).toMatch(/^studies: --set seed=\[1: expected a YAML value, got: /);
  });

  it('says whom to tell when the fault is its own', async () => {
    vi.spyOn(evaluate, 'handler').mockRejectedValueOnce(new Error('no idea'));
    expect(await run('evaluate', '--model', 'a')).toEqual({
      code: 1,
      out: '',
      error: expect.stringMatching(
        /^cli: internal error: no idea\n {2}This is a fault of auditweave, .*report it/,
      ),
    });
  });

  it('refuses an option that is given twice, unless it takes many', async () => {
    expect(await run('evaluate', '--model', 'a', '--model', 'b')).toEqual({
      code: 2,
      out: '',
      error: 'cli: expected --model once, got a and b.\n  Hint: Give one value.\n',
    });
    expect((await run('train', '--set', 'seed=x', '--set', 'lines=y')).error).toContain('got 2 faults');
  });
});

describe('dataset verify', () => {
  it('ends with 0 on a sound dataset, with 3 on another', async () => {
    const sound = writeDataset(folders.make(), smallLog({ rounds: 1 }));
    const { code, out } = await run('dataset', 'verify', sound);
    expect(code).toBe(0);
    expect(out).toContain(sound);
    const log = smallLog({ rounds: 1 });
    for (const row of log.truth) row.trigger = false;
    const broken = await run('dataset', 'verify', writeDataset(folders.make(), log));
    expect(broken.code).toBe(3);
    expect(broken.out).toContain('A context has one triggering event; first at context a-000001 (0).');
  });

  it('prints JSON', async () => {
    const sound = writeDataset(folders.make(), smallLog({ rounds: 1 }));
    const { out } = await run('dataset', 'verify', sound, '--json');
    expect([JSON.parse(out)].flat()[0]).toMatchObject({ lines: 32, contexts: 8, faults: [] });
  });

  it('ends with 2 where there is no dataset', async () => {
    expect((await run('dataset', 'verify', join(folders.make(), 'nowhere'))).code).toBe(2);
  });
});

describe('evaluate', () => {
  let dir: string;
  beforeAll(async () => {
    const dataset = writeDataset(folders.make());
    dir = folders.make();
    for (const protocol of ['paper', 'blocked'] as const) {
      const settings = await smallSettings(dataset);
      mkdirSync(join(dir, protocol));
      await runTrial({
        settings: { ...settings, split: { ...settings.split, protocol } },
        out: join(dir, protocol),
        command: 'train',
        device: 'cpu',
        threads: 1,
        sink: { write: () => true },
      });
    }
  });

  it('prints tables without escape codes, progress apart', async () => {
    const { code, out, error } = await run('evaluate', '--model', join(dir, 'blocked'));
    expect(code).toBe(0);
    for (const row of [
      'model, by line',
      'majority class',
      'previous line’s true label',
      'own action',
      'most frequent per feature tuple',
      'nearest earlier user action',
      'precision',
    ])
      expect(out).toContain(row);
    expect(out).toContain('Split: blocked, leak-free (0.0 % of test lines in training).');
    expect(out + error).not.toContain('\u001b');
    expect(out).not.toContain('reading ');
  });

  it('prints JSON that holds every metric', async () => {
    const { code, out } = await run('evaluate', '--model', join(dir, 'blocked'), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      protocol: 'blocked',
      leak: { verdict: 'leak-free' },
      lines: { n: expect.any(Number) },
      baselines: { ownAction: { n: expect.any(Number) } },
    });
  });

  it('ends with 3 on a leak, when asked to', async () => {
    expect((await run('evaluate', '--model', join(dir, 'paper'))).code).toBe(0);
    expect((await run('evaluate', '--model', join(dir, 'paper'), '--fail-on-leak')).code).toBe(3);
    expect((await run('evaluate', '--model', join(dir, 'blocked'), '--fail-on-leak')).code).toBe(0);
  });

  it('leaves out the majority class where nothing was trained on', async () => {
    const dataset = writeDataset(folders.make(), smallLog({ rounds: 3 }));
    const { code, out } = await run('evaluate', '--model', join(dir, 'blocked'), '--dataset', dataset);
    expect(code).toBe(0);
    expect(out).not.toContain('majority class');
    expect(out).toContain('own action');
  });

  it('ends with 2 where there is no run', async () => {
    const { code, error } = await run('evaluate', '--model', folders.make());
    expect(code).toBe(2);
    expect(error).toContain('expected a run record, got no such file.');
  });
});
