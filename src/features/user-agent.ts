/** The parts of a client's `userAgent`, each null where it is missing. */
export interface UserAgent {
  tool: string | null;
  version: string | null;
  platform: string | null;
  arch: string | null;
  hash: string | null;
  extra: string | null;
}

const FORM =
  /^\s*([^/\s(]+)(?:\/([^\s(]+))?(?:\s+\(([^/)]*)(?:\/([^)]*))?\))?(?:\s+kubernetes\/([^/\s]+)(?:\/(.*))?)?/;

/**
 * Takes a client's name apart: `tool/version (platform/arch) kubernetes/hash[/extra]`, as Kubernetes' client library writes it
 * [K8NTEXT, §5.4]. Other clients give as much of it as they have; `extra` is the rest, with its slashes.
 *
 * @example parseUserAgent('kubectl/v1.34.4 (linux/amd64) kubernetes/unknown').tool // 'kubectl'
 */
export function parseUserAgent(text: unknown): UserAgent {
  const match = typeof text === 'string' ? FORM.exec(text) : null;
  const part = (i: number): string | null => match?.[i] || null;
  return { tool: part(1), version: part(2), platform: part(3), arch: part(4), hash: part(5), extra: part(6) };
}
