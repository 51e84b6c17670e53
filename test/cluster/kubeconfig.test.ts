import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readKubeconfig } from '../../src/cluster/kubeconfig.js';

async function file(content: object): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'kubeconfig-')), 'config');
  await writeFile(path, JSON.stringify(content));
  return path;
}

const config = {
  'current-context': 'a',
  contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
  clusters: [
    {
      name: 'c',
      cluster: {
        server: 'https://api.example.com:6443',
        'certificate-authority-data': Buffer.from('CA').toString('base64'),
      },
    },
  ],
  users: [{ name: 'u', user: { token: 'secret' } }],
};

it('reads server, authority and credentials of the current context', async () => {
  expect(await readKubeconfig(await file(config))).toEqual({
    server: 'https://api.example.com:6443',
    authority: 'CA',
    serverName: undefined,
    insecure: false,
    certificate: undefined,
    key: undefined,
    token: 'secret',
  });
});

it.each([
  [{ ...config, 'current-context': 'b' }, 'a current context, got “b”, which is not there.'],
  [{}, 'a current context, got none.'],
  [
    { ...config, users: [{ name: 'u', user: { exec: {} } }] },
    'a user with a client certificate or a token, got exec.',
  ],
])('refuses %#', async (content, message) => {
  const path = await file(content);
  await expect(readKubeconfig(path)).rejects.toThrow(`collect: ${path}: expected ${message}`);
});
