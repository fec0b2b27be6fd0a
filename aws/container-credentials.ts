import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { isLoopback } from '../git/url.ts';
import type { Expiring } from './expiring.ts';

/** How long the endpoint is waited for: it is beside the task, so what lasts longer is trouble. */
export interface EndpointPatience {
  answerMs: number;
  attempts: number;
  /** Before the second attempt at most so long, by chance, and twice as long before each later one. */
  pauseMs: number;
}

const PATIENCE: EndpointPatience = { answerMs: 2_000, attempts: 4, pauseMs: 500 };

/** ECS's endpoint; EKS's have addresses of their own. https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */
const ECS_ENDPOINT = 'http://169.254.170.2';
const CONTAINER_HOSTS = new Set(['169.254.170.2', '169.254.170.23', '[fd00:ec2::23]']);
const ANSWER_BYTES_MAX = 64 * 1024;

/**
 * The keys of a container's role, from the endpoint that its environment names; undefined if it names none. The SDK's own provider waits
 * for an endpoint that does not answer as long as it takes, and leaves its connection open. Errors show nothing of an answer: it may be keys.
 */
export function containerCredentials(
  env: NodeJS.ProcessEnv,
  patience = PATIENCE,
  now: () => number = Date.now,
): (() => Promise<Expiring>) | undefined {
  const relative = env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  const full = env['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  if (!relative && !full) return undefined;
  return async () => {
    const url = endpointOf(relative ? `${ECS_ENDPOINT}${relative}` : (full as string));
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask(url, await authorizationOf(env), patience.answerMs, now);
      } catch (error) {
        if (attempt >= patience.attempts) throw error;
        await pause(Math.random() * patience.pauseMs * 2 ** (attempt - 1));
      }
    }
  };
}

function endpointOf(text: string): URL {
  const expected = 'expected https://, or http:// to this machine or the container’s own endpoint';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:') return url;
  if (url?.protocol === 'http:' && (isLoopback(url) || CONTAINER_HOSTS.has(url.hostname))) return url;
  throw new Error(`the address of the credentials endpoint cannot be used: ${expected}`);
}

/** Only EKS asks for one. */
async function authorizationOf(env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const file = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
  const token = file ? await readFile(file, 'utf8') : env['AWS_CONTAINER_AUTHORIZATION_TOKEN'];
  return token ? { Authorization: token } : {};
}

async function ask(url: URL, headers: Record<string, string>, answerMs: number, now: () => number): Promise<Expiring> {
  const where = `the credentials endpoint ${url.origin}`;
  const signal = AbortSignal.timeout(answerMs);
  const request = (url.protocol === 'https:' ? https : http).request(url, { headers, agent: false, signal });
  try {
    request.end();
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    if (response.statusCode !== 200) throw new Error(`${where} answered HTTP ${response.statusCode}`);
    return keysIn(await textOf(response, where), where, now);
  } catch (error) {
    if (signal.aborted) throw new Error(`${where} did not answer within ${answerMs / 1000} s`, { cause: error });
    throw error;
  } finally {
    // Whatever is left of it must not keep the process.
    request.destroy();
  }
}

async function textOf(response: http.IncomingMessage, where: string): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`${where} answered with over ${ANSWER_BYTES_MAX} bytes`);
    parts.push(chunk);
  }
  if (!response.complete) throw new Error(`${where}: the answer was cut`);
  return Buffer.concat(parts).toString('utf8');
}

function keysIn(text: string, where: string, now: () => number): Expiring {
  let found: Record<string, unknown>;
  try {
    found = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // The parser's own words repeat a part of the text.
    throw new Error(`${where} answered with something that is no JSON`);
  }
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken, RoleArn } = found ?? {};
  const expiration = new Date(String(found?.['Expiration']));
  const given = [accessKeyId, secretAccessKey, sessionToken].every((one) => typeof one === 'string' && one !== '');
  if (!given || Number.isNaN(expiration.getTime()))
    throw new Error(`${where} gave no keys with a session token and an end`);
  if (expiration.getTime() <= now()) {
    const today = new Date(now()).toISOString();
    throw new Error(
      `${where} gave keys that ended at ${expiration.toISOString()}; by this machine’s clock it is ${today}`,
    );
  }
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken,
    expiration,
    ...(typeof RoleArn === 'string' && { roleArn: RoleArn }),
  } as Expiring;
}
