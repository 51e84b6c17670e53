import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { staticPodsFolder } from './state.js';
import { MODULE_FOLDER } from './versions.js';

const MANIFESTS = join(MODULE_FOLDER, 'manifests');

/** One manifest with its `{placeholders}` filled. */
export function manifest(file: string, values: Readonly<Record<string, string>>): string {
  const text = readFileSync(join(MANIFESTS, file), 'utf8');
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** Writes the API server's own configuration, and the static pods of the control-plane node. */
export function writeManifests(folder: string, values: Readonly<Record<string, string>>): void {
  for (const file of ['egress.yaml', 'audit-webhook.yaml'])
    writeFileSync(join(folder, file), manifest(file, values), { mode: 0o600 });
  const pods = staticPodsFolder(folder);
  mkdirSync(pods, { recursive: true });
  for (const file of readdirSync(join(MANIFESTS, 'static')))
    writeFileSync(join(pods, file), manifest(join('static', file), values));
  copyFileSync(join(MANIFESTS, 'audit-policy.yaml'), join(folder, 'audit-policy.yaml'));
}
