import { gunzipSync } from 'node:zlib';
import type { Inner } from './wrapping.js';

/** Bytes that one packed record may have when unpacked. */
const MOST = 64 * 1024 * 1024;
/** Gzip, an object or a list of objects in base64: their first bytes are always the same. */
const PACKED = /^(?:H4sI|ey[A-Za-z]|ew[o0]|W3s|W1s|WwogI)[\w+/-][\w+/\s-]{15,}=*$/;

/** What a text is that holds nothing but gzip or JSON in base64, as the data of a record that was taken out; null when it is none. */
export function packedText(text: string): Inner | null {
  return PACKED.test(text) ? unpacked(text) : null;
}

/** The text that stands in base64, packed by gzip or not. */
export function unpacked(data: string): Inner {
  const bytes = Buffer.from(data, 'base64');
  try {
    return {
      text: (bytes[0] === 0x1f ? gunzipSync(bytes, { maxOutputLength: MOST }) : bytes).toString('utf8'),
    };
  } catch (error) {
    return { problem: { expected: 'whole gzip data in base64', got: (error as Error).message } };
  }
}
