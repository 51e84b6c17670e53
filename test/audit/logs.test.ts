import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { findLogs } from '../../src/audit/logs.js';
import { failure, lineOf } from '../fixtures/audit/lines.js';

let folder: string;
let told: string[];
const put = async (path: string, second: number): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), lineOf({ requestReceivedTimestamp: `2026-01-01T00:00:0${second}Z` }));
};
/** The logs below the folder, by their paths in it, and what is said of others. */
const found = async (...paths: string[]): Promise<string[]> => {
  told = [];
  const logs = await findLogs(
    paths.map((path) => join(folder, path)),
    (text) => told.push(text.replaceAll(`${folder}/`, '')),
  );
  return logs.map((path) => path.slice(folder.length + 1));
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logs-'));
});

it('takes what exports put into folders in a folder, by the time of the events', async () => {
  await put('audit.log', 4);
  await put('old/audit-2026-01-01T00-00-00.000.log', 3);
  await put('exported/kube-apiserver-audit-1/000000.gz', 2);
  await put('resourceId=/y=2026/m=01/d=01/h=00/m=00/PT1H.json', 1);
  expect(await found('.')).toEqual([
    'resourceId=/y=2026/m=01/d=01/h=00/m=00/PT1H.json',
    'exported/kube-apiserver-audit-1/000000.gz',
    'old/audit-2026-01-01T00-00-00.000.log',
    'audit.log',
  ]);
  expect(told).toEqual([]);
});

it('follows links to files, as /var/log/containers has them', async () => {
  await put('pods/0.log', 1);
  await mkdir(join(folder, 'containers'));
  await symlink('../pods/0.log', join(folder, 'containers', 'kube-apiserver.log'));
  expect(await found('containers')).toEqual(['containers/kube-apiserver.log']);
});

it('does not go round where a link leads to a folder above', async () => {
  await put('a/audit.log', 1);
  await symlink('..', join(folder, 'a', 'up'));
  expect(await found('.')).toEqual(['a/audit.log']);
  expect(told).toEqual([expect.stringContaining('a/up')]);
});

it('says what it passes over, and keeps silent on hidden files', async () => {
  for (const name of ['audit.log', '.hidden.log', 'a.txt', 'b.yaml', 'c.tar.gz', 'd.md'])
    await put(`x/${name}`, 1);
  expect(await found('x')).toEqual(['x/audit.log']);
  expect(told).toEqual([
    'of x, passed over what is not named as logs are: x/a.txt, x/b.yaml, x/c.tar.gz and 1 more',
  ]);
});

it('reads a file once, whatever names it has', async () => {
  await put('audit.log', 1);
  await symlink('audit.log', join(folder, 'same.log'));
  expect(await found('audit.log', 'same.log', 'audit.log', '.')).toEqual(['audit.log']);
  expect(told).toContain('same.log is audit.log and read once');
  expect(told).toContain('audit.log is named twice and read once');
});

it('says what a folder without logs has, and of a path behind a file what to name', async () => {
  await put('x/a.txt', 1);
  expect(await failure(findLogs([join(folder, 'x')]))).toContain(
    `got none.\n  Hint: Name the log files themselves; it has ${folder}/x/a.txt.`,
  );
  expect(await failure(findLogs([join(folder, 'x/a.txt/')]))).toContain(
    `got a path behind a file.\n  Hint: Name the file itself: ${folder}/x/a.txt`,
  );
});
