import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readRows } from '../../files/rows.js';

/** One thing that a request was sent for: a version of an object that was noticed, or a request that was being served. */
export interface SentFor {
  /** A `resourceVersion`; no two requests make the same one, of whatever object. */
  version?: string;
  /** Audit-ID. */
  request?: string;
  /** Whether it has waited in a queue for a set time. */
  late?: boolean;
}

/** What the processes of a cluster said of their requests (`cluster up --causes`). */
export interface Carried {
  /** Audit-ID → what it was sent for, oldest notice first. Only requests of these processes are there. */
  sentFor: Map<string, readonly SentFor[]>;
  /** Version → Audit-ID of the request that made it. */
  madeBy: Map<string, string>;
}

interface Row {
  auditID: string;
  causes?: SentFor[];
  version?: number;
  verb?: string;
  key?: string;
}

/** A service and its endpoints in the API server's store. */
const SERVICE = '/registry/services/specs/';
const ENDPOINTS = '/registry/services/endpoints/';

/**
 * Reads the files in which a cluster's processes said what their requests were sent for.
 *
 * @returns null when there are none.
 */
export function readCarried(folder: string): Carried | null {
  if (!existsSync(folder)) return null;
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  if (files.length === 0) return null;
  const carried: Carried = { sentFor: new Map(), madeBy: new Map() };
  // The API server removes the endpoints of a service that it removes, and forgets for whom.
  const removed = new Map<string, string>();
  for (const name of files.sort())
    for (const { auditID, causes, version, verb, key = '' } of readRows<Row>(join(folder, name))) {
      if (causes) carried.sentFor.set(auditID, causes);
      if (version === undefined) continue;
      if (verb === 'delete' && key.startsWith(SERVICE)) removed.set(key.slice(SERVICE.length), auditID);
      const request = auditID || (key.startsWith(ENDPOINTS) && removed.get(key.slice(ENDPOINTS.length)));
      if (request) carried.madeBy.set(String(version), request);
    }
  return carried;
}

/** Audit-IDs of the requests that one comes of directly, in order of notice, each once. */
export function causesOf({ sentFor, madeBy }: Carried, auditID: string): string[] {
  const causes = new Set<string>();
  for (const { version, request } of sentFor.get(auditID) ?? []) {
    const cause = request ?? madeBy.get(version ?? '');
    if (cause === undefined || cause === auditID) continue;
    // What was noticed again stands where it was noticed last.
    causes.delete(cause);
    causes.add(cause);
  }
  return [...causes];
}
