import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../cluster/command.js';
import type { Access } from '../../cluster/kubeconfig.js';
import { AuditweaveError } from '../../errors.js';
import type { Person } from '../plan/steps.js';
import { certificateRequest } from './certificate-request.js';

const TEAM: readonly Person[] = [
  { name: 'ops-a', role: 'admin' },
  { name: 'dev-b', role: 'developer' },
  { name: 'ops-c', role: 'admin' },
  { name: 'view-d', role: 'viewer' },
  { name: 'dev-e', role: 'developer' },
  { name: 'dev-f', role: 'developer' },
];

/**
 * The first so many people of the team: the first can do everything, the fourth may only look.
 *
 * @throws {AuditweaveError} `count` is not 1 to 6.
 */
export function team(count: number): readonly Person[] {
  if (!Number.isInteger(count) || count < 1 || count > TEAM.length)
    throw new AuditweaveError(`collect: expected 1 to ${TEAM.length} people, got ${count}.`);
  return TEAM.slice(0, count);
}

export interface SetupOptions {
  kubectl: string;
  /** The administrator's door. */
  url: string;
  access: Access;
  people: readonly Person[];
  cache: string;
}

/**
 * Makes the people known to the cluster: their groups' rights, and a certificate for each from the cluster's own signer. Keys never leave
 * this process.
 *
 * @returns Each person's access.
 * @throws {AuditweaveError} The administrator may not do that, or the cluster signs nothing.
 */
export async function introducePeople(options: SetupOptions): Promise<Map<string, Access>> {
  const { access, people } = options;
  const roles = await readFile(new URL('../setup.yaml', import.meta.url), 'utf8');
  await kubectl(options, ['apply', '-f', '-'], roles);
  const accesses = new Map<string, Access>();
  for (const { name, role } of people) {
    const [, place, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? [];
    if (place && account) {
      const token = await tokenOf(options, place, account);
      accesses.set(name, { ...access, certificate: undefined, key: undefined, token });
      continue;
    }
    const { request, key } = certificateRequest(name, `${role}s`);
    const object = `person-${randomUUID().slice(0, 8)}`;
    const manifest = {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: object },
      spec: {
        request: Buffer.from(request).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['client auth'],
      },
    };
    await kubectl(options, ['create', '-f', '-'], JSON.stringify(manifest));
    await kubectl(options, ['certificate', 'approve', object]);
    const certificate = await signed(options, object);
    accesses.set(name, { ...access, certificate, key, token: undefined });
  }
  return accesses;
}

/** A token of a service account that is made for it, with the rights of an administrator. */
async function tokenOf(options: SetupOptions, namespace: string, name: string): Promise<string> {
  await kubectl(options, ['create', 'namespace', namespace]);
  await kubectl(options, ['-n', namespace, 'create', 'serviceaccount', name]);
  const binding = ['create', 'clusterrolebinding', `${namespace}-${name}`, '--clusterrole=cluster-admin'];
  await kubectl(options, [...binding, `--serviceaccount=${namespace}:${name}`]);
  return (await kubectl(options, ['-n', namespace, 'create', 'token', name, '--duration=24h'])).trim();
}

async function signed(options: SetupOptions, object: string): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const base64 = await kubectl(options, ['get', 'csr', object, '-o', 'jsonpath={.status.certificate}']);
    if (base64) return Buffer.from(base64, 'base64').toString();
    await sleep(200);
  }
  throw new AuditweaveError('collect: expected the cluster to sign a certificate, got none in 10 seconds.', {
    hint: 'Its controller manager needs --cluster-signing-cert-file and --cluster-signing-key-file.',
  });
}

async function kubectl(options: SetupOptions, argv: string[], input: string | null = null): Promise<string> {
  const { exit, output, errors } = await runCommand({
    program: options.kubectl,
    argv: ['--server', options.url, '--cache-dir', options.cache, ...argv],
    input,
    env: { KUBECONFIG: '/dev/null', HOME: options.cache },
    seconds: 30,
  });
  if (exit !== 0)
    throw new AuditweaveError(
      `collect: expected kubectl ${argv[0]} to work, got: ${errors.trim().slice(0, 300)}`,
      {
        hint: 'The kubeconfig must be an administrator’s.',
      },
    );
  return output;
}
