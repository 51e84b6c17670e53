import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCommands } from '../../src/cli/commands.js';
import { cacheFolder } from '../../src/files/cache.js';
import { smallLog, temporaryFolders, writeDataset } from '../fixtures/dataset.js';
import { writeSmallModel } from '../fixtures/model.js';
import { tinyConfig } from '../fixtures/tiny-config.js';
import { eventAt } from '../labeling/events.js';

const folders = temporaryFolders();
afterAll(folders.clear);

const root = resolve('.');
const place = folders.make();
const networkLog = join(place, 'network.log');
const traceLog = join(place, 'trace.log');
/** Sees what native libraries and pip do too, as far as they reach for somebody: pip makes a socket that it never connects.
 * Where strace may not run, what Node does is seen all the same. */
const traced = spawnSync('strace', ['-f', '-e', 'trace=network', 'true']).status === 0;

/** Folders that a program may take for its own, all empty; the cache has the library that provisioning brought. */
function emptyHome(): Record<string, string> {
  for (const name of ['home', 'cache', 'config', 'data', 'state', 'runtime', 'tmp', 'work']) {
    rmSync(join(place, name), { recursive: true, force: true });
    mkdirSync(join(place, name));
  }
  symlinkSync(cacheFolder(), join(place, 'cache', 'auditweave'));
  return {
    HOME: join(place, 'home'),
    XDG_CACHE_HOME: join(place, 'cache'),
    XDG_CONFIG_HOME: join(place, 'config'),
    XDG_DATA_HOME: join(place, 'data'),
    XDG_STATE_HOME: join(place, 'state'),
    XDG_RUNTIME_DIR: join(place, 'runtime'),
    TMPDIR: join(place, 'tmp'),
  };
}

/** What a command did, in the folder `work`: its exit code, what it asked of the network, and the files that it left. */
function run(...argv: string[]): { code: number | null; network: string[]; files: string[]; error: string } {
  const home = emptyHome();
  writeFileSync(networkLog, '');
  const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
  const program = [process.execPath, join(root, 'bin/auditweave.mjs'), ...argv];
  const [command, ...rest] = traced
    ? ['strace', '-f', '-qq', '-e', 'trace=connect,sendto,sendmsg,sendmmsg', '-o', traceLog, ...program]
    : program;
  const { status, stderr } = spawnSync(command!, rest, {
    cwd: join(place, 'work'),
    env: {
      ...env,
      ...home,
      NETWORK_LOG: networkLog,
      NODE_OPTIONS: `--require ${join(root, 'test/fixtures/no-network.cjs')}`,
    },
    encoding: 'utf8',
  });
  const sockets = traced
    ? readFileSync(traceLog, 'utf8')
        .split('\n')
        .filter((row) => /\bAF_INET6?\b/.test(row))
    : [];
  const files = readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(place.length + 1))
    .filter((file) => !/^(network\.log|trace\.log|given\/|cache\/auditweave$|tmp\/tsx-)/.test(file));
  return {
    code: status,
    network: [...readFileSync(networkLog, 'utf8').split('\n').filter(Boolean), ...sockets],
    files,
    error: stderr,
  };
}

const given = join(place, 'given');
const config = join(given, 'tiny.config.yaml');
const model = join(given, 'model');
const log = join(given, 'audit.log');
const runFolder = join(given, 'run');
const store = join(given, 'store');
let dataset: string;
const first = join(root, 'datasets/first-light');

beforeAll(async () => {
  mkdirSync(given);
  dataset = writeDataset(folders.make(), smallLog({ rounds: 6 }));
  await writeSmallModel(model);
  writeFileSync(log, Array.from({ length: 9 }, (_, i) => `${JSON.stringify(eventAt(i, 'get'))}\n`).join(''));
  writeFileSync(config, tinyConfig(dataset, 'blocked'));
});

describe('the commands', () => {
  // In this order: the run that train makes is read by those after it.
  const cases: [string, () => string[], RegExp | null][] = [
    ['train', () => ['train', '--config', config, '--device', 'cpu', '--out', runFolder], null],
    ['evaluate', () => ['evaluate', '--model', runFolder], null],
    ['reproduce', () => ['reproduce', runFolder], null],
    ['report', () => ['report', runFolder], null],
    ['compare', () => ['compare', runFolder, runFolder], null],
    ['label', () => ['label', log, '--model', model], null],
    ['label --out', () => ['label', log, '--model', model, '--out', 'rows.jsonl'], /^work\/rows\.jsonl$/],
    ['label by default', () => ['label', log], null],
    ['contexts', () => ['contexts', log], null],
    ['contexts --out', () => ['contexts', log, '--out', store], null],
    ['query', () => ['query', 'lines > 1', '--in', log], null],
    ['query --in a store', () => ['query', 'lines > 1', '--in', store], null],
    ['dataset', () => ['dataset', 'verify', first], null],
    ['dataset stats', () => ['dataset', 'stats', dataset], null],
    ['doctor', () => ['doctor', '--device', 'cpu', '--datasets', join(root, 'datasets')], null],
    [
      'study',
      () => [
        'study',
        join(root, 'experiments/window-size.study.yaml'),
        '--base',
        'fast',
        '--list',
        '--out',
        'own',
      ],
      null,
    ],
    ['collect', () => ['collect', '--plan', '--actions', '3'], null],
    ['cluster', () => ['cluster', 'status'], null],
    ['completion', () => ['completion'], null],
  ];

  it('are all tried but those that others run', async () => {
    const names = (await allCommands()).map(({ command }) => command.split(' ')[0]!);
    expect(names.filter((name) => !cases.some(([own]) => own.split(' ')[0] === name))).toEqual(['trial']);
  });

  it.each(cases)('%s asks nothing of the network, and writes only where it says', (_, argv, expected) => {
    const { code, network, files, error } = run(...argv());
    expect({ code, error: code === 0 ? '' : error }).toEqual({ code: 0, error: '' });
    expect(network).toEqual([]);
    expect(files.filter((file) => !expected?.test(file))).toEqual([]);
  });

  it('would be caught: what is refused and traced is seen', () => {
    const home = emptyHome();
    writeFileSync(networkLog, '');
    const { status } = spawnSync(process.execPath, ['-e', "require('net').connect(9, '127.0.0.1')"], {
      env: {
        ...home,
        NETWORK_LOG: networkLog,
        NODE_OPTIONS: `--require ${join(root, 'test/fixtures/no-network.cjs')}`,
      },
    });
    expect(status).not.toBe(0);
    expect(readFileSync(networkLog, 'utf8')).toContain('net.connect [{"port":9,"host":"127.0.0.1"}');
  });
});
