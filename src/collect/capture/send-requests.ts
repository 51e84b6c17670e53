import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientRequest } from '../plan/steps.js';

/** What a client library calls itself. */
const AGENT = 'OpenAPI-Generator/33.1.0/python';
const PATCH = 'application/strategic-merge-patch+json';

/**
 * Sends requests one after another, as a script does that speaks to the API through a client library.
 *
 * @param options.url Door of the person.
 * @param options.pause Milliseconds between two.
 * @returns As a program's exit code: 1 when one was refused.
 */
export async function sendRequests(
  requests: readonly ClientRequest[],
  { url, pause }: { url: string; pause: number },
): Promise<{ exit: number }> {
  let exit = 0;
  for (const { method, path, body } of requests) {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        'User-Agent': AGENT,
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': method === 'PATCH' ? PATCH : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await answer.arrayBuffer();
    if (!answer.ok) exit = 1;
    await sleep(pause);
  }
  return { exit };
}
