import { once } from 'node:events';
import { appendFile, mkdtemp, rename, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { followFile, followStream } from '../../src/files/follow.js';

describe('a file that is followed', () => {
  let path: string;
  /** Does each step once all that was written before is read, and gives what was read until a text came. */
  async function followed(end: string, steps: Record<string, () => Promise<unknown>>): Promise<string> {
    let text = '';
    for await (const bytes of followFile(path, { poll: 5 })) {
      text += Buffer.from(bytes).toString();
      await steps[text]?.();
      if (text.endsWith(end)) break;
    }
    return text;
  }
  beforeEach(async () => {
    path = join(await mkdtemp(join(tmpdir(), 'follow-')), 'audit.log');
    await writeFile(path, 'a\n');
  });

  it('gives what is appended', async () => {
    expect(await followed('c\n', { 'a\n': () => appendFile(path, 'b\nc\n') })).toBe('a\nb\nc\n');
  });

  it('goes on in the file that takes its place, after what the old one still got', async () => {
    const text = await followed('d\n', {
      'a\n': async () => {
        await rename(path, `${path}.1`);
        await appendFile(`${path}.1`, 'b\nc');
        await writeFile(path, 'd\n');
      },
    });
    expect(text).toBe('a\nb\nc\nd\n');
  });

  it('goes on from the beginning of a file that was emptied', async () => {
    const text = await followed('c\n', {
      'a\n': async () => {
        await appendFile(path, 'bbbbbbbb\n');
      },
      'a\nbbbbbbbb\n': async () => {
        await truncate(path, 0);
        await appendFile(path, 'c\n');
      },
    });
    expect(text).toBe('a\nbbbbbbbb\nc\n');
  });

  it('ends where it is told to', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const bytes of followFile(path, { poll: 5, signal: stop.signal })) {
      seen.push(Buffer.from(bytes).toString());
      stop.abort();
    }
    expect(seen).toEqual(['a\n']);
  });

  it('is left at once as a stream, though nothing is appended', async () => {
    const stream = followStream(path, { poll: 5 });
    for await (const bytes of stream) {
      expect(String(bytes)).toBe('a\n');
      break;
    }
    expect(stream.destroyed).toBe(true);
    const none = followStream(`${path}.none`);
    await expect(once(none, 'data')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says that there is none', async () => {
    await expect(followFile(`${path}.none`).next()).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
