import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The folder that holds one copy of each large file for the whole machine: `$XDG_CACHE_HOME/auditweave`, by default
 * `~/.cache/auditweave` [XDG].
 *
 * @example cacheFolder({ XDG_CACHE_HOME: '/var/cache' }) // '/var/cache/auditweave'
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const given = env.XDG_CACHE_HOME;
  return join(given && isAbsolute(given) ? given : join(homedir(), '.cache'), 'auditweave');
}
