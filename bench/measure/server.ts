import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What went over the connections of a server. */
export interface Traffic {
  requests: number;
  toServer: number;
  toClient: number;
  served: readonly Served[];
}

/** A request as its server saw it: from its head to the end of the answer, in seconds since 1970. */
export interface Served {
  /** Of refs, and not of objects. */
  isList: boolean;
  from: number;
  to: number;
}

/** A git server in a process of its own, as in reality: what it takes is not the client's. */
export class GitServer {
  readonly origin: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.origin = `http://127.0.0.1:${port}`;
  }

  /** Serves `NAME.git` of a folder. */
  static async start(root: string): Promise<GitServer> {
    const child = fork(join(import.meta.dirname, 'git-server.ts'), [root]);
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new GitServer(child, port);
  }

  url(name: string): string {
    return `${this.origin}/${name}`;
  }

  /** What went over its connections since this was asked last. */
  async traffic(): Promise<Traffic> {
    this.#child.send('traffic');
    const [traffic] = (await once(this.#child, 'message')) as [Traffic];
    return traffic;
  }

  stop(): void {
    this.#child.disconnect();
  }
}
