import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { AuditweaveError } from '../errors.js';

/** The Go module that holds a cluster. */
export const MODULE_FOLDER = resolve(import.meta.dirname, '../../scripts/cluster');

/** One Kubernetes version that can be built, as `scripts/cluster/versions.json` has it. */
export interface ClusterVersion {
  /** As in `1.34`. */
  minor: string;
  /** As in `v1.34.4`. */
  kubernetes: string;
  /** Of the release. */
  date: string;
  etcd: string;
  coredns: string;
  /** Least Go version. */
  go: string;
  /** Below the module's folder. */
  modfile: string;
}

/**
 * Finds a Kubernetes version by its minor.
 *
 * @param minor Default: the one that `versions.json` names.
 * @throws {AuditweaveError} It is not one of them.
 * @example clusterVersion('1.34').kubernetes // 'v1.34.4'
 */
export function clusterVersion(minor?: string): ClusterVersion {
  const file = join(MODULE_FOLDER, 'versions.json');
  const { default: usual, ...versions } = JSON.parse(readFileSync(file, 'utf8')) as {
    default: string;
  } & Record<string, Omit<ClusterVersion, 'minor'>>;
  const wanted = minor ?? usual;
  const version = versions[wanted];
  if (!version)
    throw new AuditweaveError(
      `collect: expected --kubernetes to be one of ${Object.keys(versions).join(', ')}, got “${wanted}”.`,
    );
  return { minor: wanted, ...version };
}

/** Where a version's binaries are kept, once a machine: a hash of everything they are made of is in its name. */
export function binaryFolder(version: ClusterVersion): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'auditweave', 'cluster', `${version.kubernetes}-${sourceHash(version)}`);
}

function sourceHash(version: ClusterVersion): string {
  const hash = createHash('sha256').update(JSON.stringify(version));
  const sources = (readdirSync(MODULE_FOLDER, { recursive: true }) as string[]).filter((file) =>
    /\.(go|s)$/.test(file),
  );
  const { modfile } = version;
  for (const file of [...sources, 'patches.json', modfile, modfile.replace(/mod$/, 'sum')].sort())
    hash.update(`${file}\0`).update(readFileSync(join(MODULE_FOLDER, file)));
  return hash.digest('hex').slice(0, 12);
}
