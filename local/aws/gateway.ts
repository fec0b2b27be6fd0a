import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Region } from '../codecommit/region.ts';
import type { LocalTables } from '../dynamodb/tables.ts';
import type { LocalFunction } from '../lambda/functions.ts';
import { callSecretsManager } from '../secretsmanager/api.ts';
import { LocalSecrets } from '../secretsmanager/secrets.ts';
import { callSns, snsError } from '../sns/api.ts';
import type { LocalTopic } from '../sns/topic.ts';
import { callStepFunctions } from '../stepfunctions/api.ts';
import type { LocalMachine } from '../stepfunctions/machine.ts';
import { callSts, stsError } from '../sts/api.ts';
import { LocalRoles } from '../sts/roles.ts';
import { ApiError, unsupported } from './api-error.ts';
import { readBody } from './http.ts';
import { answerJson, asApiError, refuseJson } from './json.ts';
import { signedScope, unknownKey } from './scope.ts';

/** What stands behind the one AWS endpoint of the local mode. */
export interface GatewayOptions {
  regions: readonly Region[];
  machines: readonly LocalMachine[];
  functions: readonly LocalFunction[];
  topic: LocalTopic;
  /** Without any, every secret is unknown. */
  secrets?: LocalSecrets;
  /** Without any, no role may be assumed. */
  roles?: LocalRoles;
  /** Without them, DynamoDB is not supported. */
  tables?: LocalTables;
  accessKeyIds: readonly string[];
  /** Is told of work that goes on after its request was answered. */
  onWork?: (work: Promise<unknown>) => void;
}

/**
 * All AWS services on one port, for the unmodified SDKs and the AWS CLI (`AWS_ENDPOINT_URL`, `--endpoint-url`): region and
 * service are read from the request's own signature. The access key must be a known one; the signature is not checked.
 */
export function gateway(options: GatewayOptions) {
  const { secrets = new LocalSecrets({}), roles = new LocalRoles([], []) } = options;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { accessKeyId, region, service } = signedScope(request);
    const refuse = (error: ApiError) => refuseJson(request, response, error);
    // CodeCommit knows its own: identities of other accounts, too, which nothing else here serves.
    if (service !== 'codecommit' && !options.accessKeyIds.includes(accessKeyId)) {
      if (service === 'sns') return refuseXml(response, unknownKey('InvalidClientTokenId'), snsError);
      if (service === 'sts') return refuseXml(response, unknownKey('InvalidClientTokenId'), stsError);
      return refuse(unknownKey('UnrecognizedClientException'));
    }
    if (service === 'codecommit') {
      const found = options.regions.find(({ name }) => name === region);
      if (found === undefined)
        return refuse(new ApiError('UnsupportedRegion', `the local mode has no region ${region}`));
      return found.serveApi(request, response);
    }
    if (service === 'secretsmanager') {
      return answerJson(request, response, 'secretsmanager', async (operation, input) =>
        callSecretsManager(secrets, region, operation, input),
      );
    }
    if (service === 'states') {
      return answerJson(request, response, 'AWSStepFunctions', (operation, input) =>
        callStepFunctions(options.machines.filter(isIn(region)), operation, input),
      );
    }
    if (service === 'dynamodb' && options.tables !== undefined) {
      if (region !== options.tables.region)
        return refuse(new ApiError('UnsupportedRegion', `the local mode has no tables in ${region}`));
      return options.tables.serve(request, response);
    }
    if (service === 'sns') return answerForm(request, response, (form) => callSns(options.topic, form), snsError);
    if (service === 'sts') return answerForm(request, response, (form) => callSts(roles, accessKeyId, form), stsError);
    if (service === 'lambda') return answerInvoke(request, response, options);
    return refuse(
      unsupported(service || 'an unsigned request', String(request.headers['x-amz-target'] ?? request.url)),
    );
  };
}

/** On AWS, too, a region knows only its own. */
const isIn =
  (region: string) =>
  ({ arn }: LocalMachine): boolean =>
    arn.split(':')[3] === region;

type ErrorText = (error: ApiError) => string;

/** AWS's query protocol: a form in, XML out. */
async function answerForm(
  request: IncomingMessage,
  response: ServerResponse,
  call: (form: URLSearchParams) => string,
  errorText: ErrorText,
): Promise<void> {
  try {
    const xml = call(new URLSearchParams(await readBody(request)));
    response.writeHead(200, { 'Content-Type': 'text/xml' });
    response.end(xml);
  } catch (caught) {
    refuseXml(response, asApiError(caught), errorText);
  }
}

function refuseXml(response: ServerResponse, error: ApiError, errorText: ErrorText): void {
  response.writeHead(error.status, { 'Content-Type': 'text/xml' });
  response.end(errorText(error));
}

/** Lambda's `Invoke`, which waits for the answer, and its asynchronous form, which does not. */
async function answerInvoke(
  request: IncomingMessage,
  response: ServerResponse,
  { functions, onWork }: GatewayOptions,
): Promise<void> {
  const wanted = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(decodeURIComponent(request.url ?? ''))?.[1];
  const found = functions.find(({ arn, name }) => arn === wanted || name === wanted);
  const body = await readBody(request);
  if (found === undefined || request.method !== 'POST') {
    response.setHeader('x-amzn-ErrorType', 'ResourceNotFoundException');
    response.writeHead(404, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ Type: 'User', Message: `Function not found: ${wanted ?? request.url}` }));
    return;
  }
  const event: unknown = body === '' ? null : JSON.parse(body);
  if (request.headers['x-amz-invocation-type'] === 'Event') {
    const work = found.invokeAsync(event);
    onWork?.(work);
    response.writeHead(202);
    response.end();
    return;
  }
  const result = await found.invoke(event);
  if ('failure' in result) response.setHeader('X-Amz-Function-Error', 'Unhandled');
  response.writeHead(200, { 'Content-Type': 'application/json', 'X-Amz-Executed-Version': '$LATEST' });
  response.end('failure' in result ? JSON.stringify(result.failure) : result.payload);
}
