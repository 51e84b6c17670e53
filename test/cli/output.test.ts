import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { STDERR, say, write } from '../../src/cli/output.js';
import { Progress } from '../../src/progress.js';

/** What a person sees who has both streams on one terminal; `^` where the line is taken away. */
let seen: string;
const terminals = (out: boolean, error: boolean): void => {
  vi.spyOn(process.stdout, 'isTTY', 'get').mockReturnValue(out);
  vi.spyOn(process.stderr, 'isTTY', 'get').mockReturnValue(error);
};

describe('data and progress on one terminal', () => {
  beforeEach(() => {
    seen = '';
    for (const stream of [process.stdout, process.stderr]) {
      Object.defineProperty(stream, 'isTTY', { configurable: true, get: () => false });
      vi.spyOn(stream, 'write').mockImplementation((text) => {
        seen += String(text).replaceAll('\r\u001b[2K', '^');
        return true;
      });
    }
  });
  afterEach(() => vi.restoreAllMocks());

  const read = async (): Promise<void> => {
    let now = 0;
    const progress = new Progress('contexts', { unit: 'lines', sink: STDERR, interval: 1, now: () => ++now });
    progress.advance(7);
    await write('id  time\n');
    await write('c1  now\n');
    progress.done();
    say('two shown\n');
  };

  it('has no data in the middle of a line of progress', async () => {
    terminals(true, true);
    await read();
    expect(seen).toMatch(
      /^\^contexts: 7 lines [^\n^]*\^id {2}time\nc1 {2}now\n\^contexts: 7 lines [^\n^]*\ntwo shown\n$/,
    );
  });

  it('writes nothing for a terminal where data goes into a file, and none where progress does', async () => {
    terminals(false, true);
    await read();
    expect(seen).toMatch(/^\^contexts: 7 lines [^\n^]*id {2}time\n/);
    seen = '';
    terminals(true, false);
    await read();
    expect(seen).not.toContain('^');
  });

  it('clears it for a remark too', () => {
    terminals(false, true);
    STDERR.write('\r\u001b[2Kstill reading');
    say('one line was left out\n');
    expect(seen).toBe('^still reading^one line was left out\n');
  });
});
