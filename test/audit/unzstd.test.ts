import { expect, it } from 'vitest';
import { UNPACKS_ZSTD } from '../../src/audit/unzstd.js';
import { failure, readAll, streamOf } from '../fixtures/audit/lines.js';

/** One event a line, as `zstd -19` packs it, with a checksum. */
const frame = Buffer.from(
  'KLUv/QRotQQAYoshGGB5MdZCa2bCehrxA0YI1JiSmSxAACgOD8DnKBLEUxDBYRCGo7VL2vqLPvOXfrpj67vtnOFnGdxPR/+SmBfNvXaGtqccLXG/hr69pV1Z8oplWr3j6FPSVkMXgXS0wkBLK6e0bxxt/d4ydHGHjAoVqQRLZycdjWW0coeoJg1tsd/F0ROjlb0EAEAgogOoKxcENKgzbNSyLA==',
  'base64',
);
/** What may stand between frames: a frame that holds nothing. */
const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
const log = Buffer.concat([frame, skippable, frame]);

if (UNPACKS_ZSTD) {
  it('reads zstd frame after frame, wherever the bytes are cut', async () => {
    for (let size = 1; size < log.length; size += 7) {
      const read = await readAll(streamOf(log, size));
      expect(read.map(({ event }) => event?.auditID)).toEqual(['a-1', 'a-1']);
    }
  });

  it('tells of zstd that is cut off, changed, or followed by something else', async () => {
    for (let cut = 5; cut < frame.length; cut++)
      expect(await failure(readAll(frame.subarray(0, cut)))).toMatch(
        /^audit: audit\.log(:2)?: expected whole zstd data, got unexpected end of file\.\n {2}Hint: The file is cut off or damaged; copy it again\. What is whole of it: zstd -dc audit\.log \| auditweave … - --skip-invalid$/,
      );
    const changed = Buffer.from(frame);
    changed[changed.length - 1] = changed.at(-1)! ^ 0x10;
    expect(await failure(readAll(changed))).toContain('expected whole zstd data, got ');
    expect(await failure(readAll(Buffer.concat([frame, Buffer.from('{"a":1}')])))).toContain(
      'expected whole zstd data, got other bytes after the end of a frame.',
    );
  });
} else
  it('says how to unpack zstd where Node cannot', async () => {
    expect(await failure(readAll(frame, { skipInvalid: true }))).toBe(
      'audit: audit.log:1: expected UTF-8 text or gzip, got zstd.\n  Hint: Unpack it: zstd -dc audit.log > unpacked.log, and name that; or … | auditweave label -',
    );
  });
