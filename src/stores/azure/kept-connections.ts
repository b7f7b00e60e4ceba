import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { exchange, isSimple } from './http-exchange.js';

/** The default http client, with connections of its own: they stay open between requests, and closing ends them. */
export interface KeptConnections extends HttpClient {
  /** Ends those on which no request is under way. */
  closeIdle(): void;
  close(): void;
}

/** Makes a client for one store. */
export function keptConnections(): KeptConnections {
  const client = createDefaultHttpClient();
  const plain = new Agent({ keepAlive: true });
  const secure = new SecureAgent({ keepAlive: true });
  return {
    sendRequest(request) {
      const agent = request.url.startsWith('https:') ? secure : plain;
      if (isSimple(request)) return exchange(request, agent);
      // A proxy, or certificates of one's own, bring their agent.
      if (request.tlsSettings === undefined) request.agent ??= agent;
      return client.sendRequest(request);
    },
    closeIdle() {
      for (const { freeSockets } of [plain, secure]) {
        for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
      }
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}
