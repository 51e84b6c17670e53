import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { AuditweaveError, EXIT } from '../errors.js';
import { clustersFolder, readCluster } from './state.js';

/** The API server's port on each of its addresses. */
export const API_PORT = 6443;

const reservations = (): string => join(clustersFolder(), '.networks');

/**
 * Reserves a loopback /24 for a cluster: 127.18.0 … 127.18.255, the first that no cluster of this user has and where nobody listens.
 *
 * @returns Its first three bytes.
 * @throws {AuditweaveError} All are taken.
 */
export async function reserveNetwork(cluster: string): Promise<string> {
  mkdirSync(reservations(), { recursive: true });
  for (let third = 0; third < 256; third++) {
    const network = `127.18.${third}`;
    if (!reserve(network, cluster)) continue;
    if (await isFree(`${network}.1`)) return network;
    releaseNetwork(network);
  }
  throw new AuditweaveError('collect: expected a free loopback network below 127.18, got none.', {
    hint: 'npm run cluster -- status shows what is up.',
    exitCode: EXIT.tryAgain,
  });
}

export function releaseNetwork(network: string): void {
  rmSync(join(reservations(), network), { force: true });
}

function reserve(network: string, cluster: string): boolean {
  const file = join(reservations(), network);
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, cluster);
    closeSync(handle);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const owner = readFileSync(file, 'utf8');
  // A start that was killed leaves its reservation; its own name may take it again.
  return owner === cluster && readCluster(owner) === null;
}

function isFree(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(API_PORT, address, () => server.close(() => resolve(true)));
  });
}
