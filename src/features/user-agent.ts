/** The parts of a client's `userAgent`: `tool/version (platform/arch) kubernetes/hash[/extra]`. */
export interface UserAgent {
  tool: string | null;
  version: string | null;
  platform: string | null;
  arch: string | null;
  hash: string | null;
  extra: string | null;
}

const FORM =
  /^([^/\s(]+)(?:\/([^\s(]+))?(?:\s+\(([^/)]*)(?:\/([^)]*))?\))?(?:\s+kubernetes\/([^/\s]+)(?:\/(.*))?)?/;

/**
 * @example parseUserAgent('kubectl/v1.34.4 (linux/amd64) kubernetes/unknown').tool // 'kubectl'
 */
export function parseUserAgent(text: string | null | undefined): UserAgent {
  const match = FORM.exec(text ?? '');
  const part = (i: number): string | null => match?.[i] || null;
  return { tool: part(1), version: part(2), platform: part(3), arch: part(4), hash: part(5), extra: part(6) };
}
