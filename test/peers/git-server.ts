import { type LocalServer, listen } from '../../local/aws/http.ts';
import { servePlainGit } from '../../local/codecommit/plain-git.ts';

/** A server of the repositories of a folder. `env` is git's. */
export const startGitServer = (folder: string, env: Record<string, string> = {}): Promise<LocalServer> =>
  listen((request, response) => servePlainGit(folder, request, response, env), 0);
