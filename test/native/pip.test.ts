import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/errors.js';
import { explainPip } from '../../src/native/pip.js';
import type { Finished } from '../../src/native/program.js';

const WHEEL = { name: 'toy', version: '1.0', bytes: 1, unpacked: 1, sha256: 'a'.repeat(64) };
const OWN = 'or point AUDITWEAVE_LIBTENSORFLOW at a TensorFlow library that is here already';

function ended(stderr: string, change: Partial<Finished> = {}) {
  return explainPip({ code: 1, signal: null, stdout: '', stderr, missing: false, ...change }, WHEEL);
}

describe('explainPip', () => {
  it('asks for Python', () => {
    expect(String(ended('spawn python3 ENOENT', { code: null, missing: true }))).toBe(
      'native: expected python3, to download toy 1.0 with pip, got no such program.\n' +
        `  Hint: Install Python 3 with pip (Debian, Ubuntu: apt install python3-pip), ${OWN}.`,
    );
  });

  it('asks for pip', () => {
    expect(String(ended('/usr/bin/python3: No module named pip\n'))).toBe(
      'native: expected pip, to download toy 1.0, got a python3 without it.\n' +
        `  Hint: Install pip (Debian, Ubuntu: apt install python3-pip; else python3 -m ensurepip), ${OWN}.`,
    );
  });

  it('tells which hash came instead', () => {
    const text = `ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated
        Expected sha256 ${'a'.repeat(64)}
             Got        ${'b'.repeat(64)}`;
    expect(String(ended(text))).toBe(
      `native: expected toy 1.0 with sha256 ${'a'.repeat(64)}, got ${'b'.repeat(64)}.\n` +
        '  Hint: The package index serves a changed file: ask its keeper, or use another index (pip config list).',
    );
  });

  it('says that the disk is full', () => {
    expect(
      String(ended('ERROR: Could not install packages due to an OSError: [Errno 28] No space left')),
    ).toBe(
      'native: could not store toy 1.0: the disk is full.\n' +
        '  Hint: Free some space, or set XDG_CACHE_HOME to a folder on a larger disk, and run the same command again.',
    );
  });

  it.each([
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'ProxyError('Cannot connect to proxy.'",
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NameResolutionError(\"Failed to resolve 'x'",
    'pip._vendor.urllib3.exceptions.ReadTimeoutError: Read timed out.',
    'ERROR: HTTP error 503 while getting /toy-1.0.whl',
    'ERROR: 502 Server Error: Bad Gateway for url: /simple/toy/',
    'ConnectionResetError: [Errno 104] Connection reset by peer',
  ])('asks to try again later: %s', (text) => {
    const error = ended(`${text}\nERROR: No matching distribution found for toy==1.0`);
    expect(String(error)).toBe(
      'native: could not fetch toy 1.0: the package index cannot be reached.\n' +
        `  Hint: Check the network and the proxy (HTTPS_PROXY, pip config list) and run the same command again, ${OWN}.`,
    );
    expect(error.exitCode).toBe(EXIT.tryAgain);
  });

  it('points at the certificate, which no second try changes', () => {
    const error = ended(
      "WARNING: Retrying after connection broken by 'SSLError(SSLCertVerificationError(1, …",
    );
    expect(String(error)).toBe(
      'native: could not fetch toy 1.0: its certificate is not trusted.\n' +
        '  Hint: Tell pip the certificate of your proxy or index: pip config set global.cert FILE.',
    );
    expect(error.exitCode).toBe(EXIT.usage);
  });

  it.each([
    'ERROR: HTTP error 403 while getting /toy-1.0.whl',
    'WARNING: 401 Error, Credentials not correct for /simple/toy/',
    "ProxyError('Unable to connect to proxy', OSError('Tunnel connection failed: 407 Proxy Authentication Required'))",
  ])('points at credentials: %s', (text) => {
    expect(String(ended(text))).toBe(
      'native: could not fetch toy 1.0: access was refused.\n' +
        '  Hint: Check the index, the proxy and their credentials: pip config list, and HTTPS_PROXY.',
    );
  });

  it('says that the index does not have it', () => {
    const text =
      'ERROR: Could not find a version that satisfies the requirement toy==1.0 (from versions: 0.401, 403)';
    expect(String(ended(text))).toBe(
      'native: could not fetch toy 1.0: the package index does not have it.\n' +
        `  Hint: Use an index that has it (pip config list), update pip, ${OWN}.`,
    );
  });

  it('passes on the end of anything else', () => {
    expect(String(ended('one\ntwo\nthree\nfour\n'))).toBe(
      'native: could not fetch toy 1.0: pip ended with 1: two three four.\n' +
        `  Hint: Run python3 -m pip download --no-deps toy==1.0 to see why, ${OWN}.`,
    );
    expect(ended('', { code: null, signal: 'SIGKILL' }).message).toBe(
      'native: could not fetch toy 1.0: pip ended with SIGKILL.',
    );
  });
});
