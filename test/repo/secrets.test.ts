import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { expect, it } from 'vitest';

/** What scanners look for: signed tokens, plain and as a Secret holds them, private keys likewise, and keys of clouds and forges. */
const SECRET = new RegExp(
  [
    'eyJ[\\w-]{16,}\\.eyJ[\\w-]{16,}\\.[\\w-]{16,}',
    'ZXlKaGJHY2lPaUp[\\w+/]{40}',
    '-----BEGIN [A-Z ]*PRIVATE KEY',
    'LS0tLS1CRUdJTi[\\w+/]{0,24}UFJJVkFURS',
    '\\bAKIA[0-9A-Z]{16}\\b',
    '\\bgh[pousr]_\\w{36}\\b',
  ].join('|'),
);
/** Longer than what a match needs, so that none is cut by a border of two pieces. */
const OVERLAP = 512;

async function secretIn(file: string): Promise<string | null> {
  const bytes = createReadStream(file, { highWaterMark: 1 << 20 });
  const text = file.endsWith('.gz') ? bytes.pipe(createGunzip({ chunkSize: 1 << 20 })) : bytes;
  let rest = '';
  for await (const piece of text) {
    rest += (piece as Buffer).toString('latin1');
    const found = SECRET.exec(rest);
    if (found) return `${file}: ${found[0].slice(0, 24)}…`;
    rest = rest.slice(-OVERLAP);
  }
  return null;
}

const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'k'.repeat(40) })).toString('base64url');
const token = [header, `eyJ${'b'.repeat(200)}`, 'c'.repeat(86)].join('.');
const key = ['-----BEGIN RSA', 'PRIVATE KEY-----'].join(' ');

it.each([
  ['a token', token],
  ['a token in base64', Buffer.from(token).toString('base64')],
  ['a private key', key],
  ['a private key in base64', Buffer.from(key).toString('base64')],
])('what is looked for finds %s', (_, text) => {
  expect(SECRET.test(text)).toBe(true);
});

it('no committed file holds a token or a private key, unpacked ones either', async () => {
  const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(Boolean);
  expect(files.length).toBeGreaterThan(100);
  const found: string[] = [];
  for (const file of files) {
    const secret = await secretIn(file);
    if (secret) found.push(secret);
  }
  expect(found).toEqual([]);
});
