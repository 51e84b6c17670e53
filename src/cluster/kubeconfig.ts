import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { MismatchError } from '../errors.js';

/** Who speaks to which API server, and how each knows the other. */
export interface Access {
  /** `https://…` */
  server: string;
  /** PEM of the server's authority; undefined means the system's. */
  authority: string | undefined;
  serverName: string | undefined;
  insecure: boolean;
  /** PEM. */
  certificate: string | undefined;
  key: string | undefined;
  token: string | undefined;
}

type Entry = Record<string, string | boolean | undefined>;
interface Config {
  'current-context'?: string;
  contexts?: { name: string; context: { cluster: string; user: string } }[];
  clusters?: { name: string; cluster: Entry }[];
  users?: { name: string; user: Entry }[];
}

/**
 * Reads the access of a kubeconfig's current context.
 *
 * @throws {MismatchError} It has none, or its user logs in by a plugin or a password.
 * @example (await readKubeconfig('admin.kubeconfig')).server // 'https://172.18.0.2:6443'
 */
export async function readKubeconfig(path: string): Promise<Access> {
  const config = parse(await readFile(path, 'utf8')) as Config | null;
  const fail = (expected: string, got: string, hint?: string): never => {
    throw new MismatchError({ folder: 'collect', file: path, expected, got }, hint ? { hint } : {});
  };
  const current = config?.['current-context'];
  const context = config?.contexts?.find(({ name }) => name === current)?.context;
  if (!context) return fail('a current context', current ? `“${current}”, which is not there` : 'none');
  const cluster = config?.clusters?.find(({ name }) => name === context.cluster)?.cluster;
  const user = config?.users?.find(({ name }) => name === context.user)?.user;
  if (!cluster || typeof cluster.server !== 'string') return fail('a cluster with a server', context.cluster);
  if (!cluster.server.startsWith('https://')) fail('server to begin with https://', cluster.server);
  if (!user) return fail('a user', context.user);
  const material = async (entry: Entry, key: string): Promise<string | undefined> => {
    const data = entry[`${key}-data`];
    if (typeof data === 'string') return Buffer.from(data, 'base64').toString();
    const file = entry[key];
    return typeof file === 'string' ? readFile(resolve(dirname(path), file), 'utf8') : undefined;
  };
  const token = typeof user.token === 'string' ? user.token : await material(user, 'tokenFile');
  const certificate = await material(user, 'client-certificate');
  if (!token && !certificate)
    fail(
      'a user with a client certificate or a token',
      Object.keys(user).join(', ') || 'nothing',
      'Make a kubeconfig with a certificate: npm run cluster -- up.',
    );
  return {
    server: cluster.server,
    authority: await material(cluster, 'certificate-authority'),
    serverName: cluster['tls-server-name'] as string | undefined,
    insecure: cluster['insecure-skip-tls-verify'] === true,
    certificate,
    key: await material(user, 'client-key'),
    token: token?.trim(),
  };
}
