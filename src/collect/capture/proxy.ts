import { randomUUID } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { connect } from 'node:tls';
import type { Access } from '../../cluster/kubeconfig.js';
import { RequestStream } from './request-stream.js';

/** One request that went through, with the id that the audit log shows it under. */
export interface TracedRequest {
  auditID: string;
  /** The command that sent it. */
  command: string;
  method: string;
  uri: string;
}

/**
 * A door to the API server for one person: plain HTTP on this machine only, TLS and the person's credentials beyond. Each request gets
 * a random `Audit-ID`, which the API server keeps, so that its audit lines can be told apart whatever else goes on; nothing else
 * about it is in the log. Streams (exec, attach, port-forward) pass as they are.
 *
 * @example
 * const proxy = await AuditProxy.open(access, (request) => trace.push(request));
 * proxy.command = 'a1-000017'; // from now on
 */
export class AuditProxy {
  /** What the requests of connections opened from now on belong to. */
  command = '';
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(access: Access, onRequest: (request: TracedRequest) => void) {
    this.#server = createServer((client) => this.#serve(client, access, onRequest));
  }

  static async open(access: Access, onRequest: (request: TracedRequest) => void): Promise<AuditProxy> {
    const proxy = new AuditProxy(access, onRequest);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  /** `http://127.0.0.1:PORT` */
  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(client: Socket, access: Access, onRequest: (request: TracedRequest) => void): void {
    const { command } = this;
    const { hostname, port, host } = new URL(access.server);
    const upstream = connect({
      host: hostname,
      port: Number(port || 443),
      ca: access.authority,
      cert: access.certificate,
      key: access.key,
      rejectUnauthorized: !access.insecure,
      ALPNProtocols: ['http/1.1'],
      ...(access.serverName ? { servername: access.serverName } : {}),
    });
    const requests = new RequestStream({
      headers: ({ method, uri }) => {
        const auditID = randomUUID();
        onRequest({ auditID, command, method, uri });
        return {
          'Audit-ID': auditID,
          Host: host,
          ...(access.token ? { Authorization: `Bearer ${access.token}` } : {}),
        };
      },
    });
    for (const socket of [client, upstream]) {
      this.#open.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => this.#open.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.end());
    client.on('data', (bytes: Buffer) => {
      const out = requests.push(bytes);
      if (out.length > 0 && !upstream.write(out)) {
        client.pause();
        upstream.once('drain', () => client.resume());
      }
    });
    client.on('end', () => upstream.end());
    upstream.pipe(client);
  }
}
