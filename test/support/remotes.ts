import type { IncomingMessage, ServerResponse } from 'node:http';
import { anonymous } from '../../git/credentials.ts';
import { GitRemote, type RemoteOptions } from '../../git/remote.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import type { RawServer } from './raw-server.ts';

const opened: { close(): unknown }[] = [];

/** A remote of the repository `/r` of a server; {@link closeRemotes} closes both. */
export function remoteOf(server: LocalServer | RawServer, options: Partial<RemoteOptions> = {}): GitRemote {
  const url = new URL(`${server.origin}/r`);
  const remote = new GitRemote({ url, authorize: anonymous, side: 'source', sleep: async () => {}, ...options });
  opened.push(remote, server);
  return remote;
}

/** A remote that talks to a server that answers as it is told. */
export async function against(
  handler: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void,
  options: Partial<RemoteOptions> = {},
): Promise<GitRemote> {
  return remoteOf(await listen(async (request, response) => handler(request, response), 0), options);
}

export async function closeRemotes(): Promise<void> {
  for (const each of opened.splice(0)) await each.close();
}
