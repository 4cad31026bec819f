import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** What a path is answered with, in place of the file there. */
export type Answers = Map<string, { readonly status?: number; readonly body: Buffer | string }>;

const root = join(import.meta.dirname, '../..');

/** Serves the repository's files on loopback; gives the address of its root. */
export async function serveFiles(answers: Answers = new Map()) {
  const server = createServer((request, response) => {
    const answer = answers.get(request.url!) ?? { body: readFileSync(join(root, request.url!)) };
    const length = { 'content-length': Buffer.byteLength(answer.body) };
    response.writeHead(answer.status ?? 200, { connection: 'close', ...length }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, close: () => server.close() };
}
