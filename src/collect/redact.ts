import { MismatchError } from '../errors.js';

const TOKEN = /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}/g;
/** `{"alg":…}.{` in base64 once more, as Secrets of service accounts hold it. */
const ENCODED_TOKEN = /ZXlK[\w+/=]{80,}/g;
const LEFT = /-----BEGIN [A-Z ]*PRIVATE KEY|LS0tLS1CRUdJTi[\w+/]*UFJJVkFURS|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\./;
/** Volumes of the controller manager's own provisioner lie in /tmp/hostpath_pv wherever it runs. */
const MACHINE_PATH = /"[^"]*(?<![\w.])\/(?:root|home\/\w+|work|tmp(?!\/hostpath_pv\/))\/[^"]*"/;

/** What stands where a service account's token was. */
export const REDACTED = 'REDACTED-TOKEN';

/**
 * Takes service account tokens out of an audit line. Nothing else of it changes.
 *
 * @example redact('{"token":"eyJhbGciOi….eyJhdWQi….sig"}') // '{"token":"REDACTED-TOKEN"}'
 */
export function redact(text: string): string {
  if (!text.includes('eyJ') && !text.includes('ZXlK')) return text;
  return text.replaceAll(TOKEN, REDACTED).replaceAll(ENCODED_TOKEN, REDACTED);
}

/**
 * Refuses a line that holds a private key, a token or a path of the machine it was made on.
 *
 * @throws {MismatchError} It does.
 */
export function checkClean(text: string, file: string, line: number): void {
  const found = LEFT.exec(text)?.[0] ?? MACHINE_PATH.exec(text)?.[0];
  if (found)
    throw new MismatchError(
      { folder: 'collect', file, line, expected: 'no secret and no machine path', got: found.slice(0, 80) },
      { hint: 'Run the cluster from a folder that says nothing, and collect again.' },
    );
}
