import type { AuditEvent } from '../audit/event.js';
import { parseUserAgent, type UserAgent } from './user-agent.js';

/** One feature of a line. */
export interface Column {
  name: string;
  /** Whether the paper's selection kept it. */
  paper: boolean;
  /** The line's value, or null where it has none. Never throws, whatever the line holds. */
  read(event: AuditEvent): string | null;
}

/** Longest value kept, in UTF-16 units: a hostile log must not fill the encoder with megabytes. */
const LONGEST = 256;

/** What is at a path of an audit line: own keys only, and a list on the way stands for its first item. */
function nodeAt(event: AuditEvent, path: readonly string[]): unknown {
  let node: unknown = event;
  for (const key of path) {
    if (Array.isArray(node)) node = node[0];
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined;
    node = (node as Record<string, unknown>)[key];
  }
  return node;
}

/** A value as the encoder takes it; null where there is none: absent, null, empty, or an object with values of its own. */
function textOf(value: unknown): string | null {
  if (value === undefined || value === null || value === '' || typeof value === 'object') return null;
  return String(value).slice(0, LONGEST);
}

/**
 * A column that reads the first of several paths that has a value; of a list, its first item.
 *
 * @param paths Keys in order from the root of the line.
 */
export function valueColumn(name: string, paper: boolean, ...paths: readonly string[][]): Column {
  return {
    name,
    paper,
    read: (event) => {
      for (const path of paths) {
        const found = nodeAt(event, path);
        const text = textOf(Array.isArray(found) ? found[0] : found);
        if (text !== null) return text;
      }
      return null;
    },
  };
}

/** A column of 1 where one of several paths has a value, and 0 where none has. */
export function presenceColumn(name: string, paper: boolean, ...paths: readonly string[][]): Column {
  const { read } = valueColumn(name, paper, ...paths);
  return { name, paper, read: (event) => (read(event) === null ? '0' : '1') };
}

/** A column of one item of a list of values. */
export function itemColumn(name: string, paper: boolean, path: readonly string[], i: number): Column {
  return {
    name,
    paper,
    read: (event) => {
      const list = nodeAt(event, path);
      return Array.isArray(list) ? textOf(list[i]) : null;
    },
  };
}

/** A column of one part of the client's name. */
export function agentColumn(name: string, paper: boolean, part: keyof UserAgent): Column {
  return { name, paper, read: ({ userAgent }) => textOf(parseUserAgent(userAgent)[part]) };
}
