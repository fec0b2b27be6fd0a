import { ApiError, unsupported } from '../aws/api-error.ts';
import type { Assumption, LocalRoles } from './roles.ts';

type Operation = (roles: LocalRoles, accessKeyId: string, form: URLSearchParams) => string;

const OPERATIONS: Record<string, Operation> = {
  AssumeRole: (roles, accessKeyId, form) => {
    const { arn, credentials, expires } = roles.assume(accessKeyId, assumptionIn(form));
    const id = `AROALOCAL:${arn.split('/').at(-1)}`;
    return [
      `<AssumedRoleUser><AssumedRoleId>${id}</AssumedRoleId><Arn>${arn}</Arn></AssumedRoleUser>`,
      `<Credentials><AccessKeyId>${credentials.accessKeyId}</AccessKeyId>`,
      `<SecretAccessKey>${credentials.secretAccessKey}</SecretAccessKey>`,
      `<SessionToken>${credentials.sessionToken}</SessionToken>`,
      `<Expiration>${expires.toISOString()}</Expiration></Credentials>`,
    ].join('');
  },
};

/** Names of the operations that the look-alike supports. */
export const STS_OPERATIONS = Object.keys(OPERATIONS);

/** STS's query protocol: a form in, XML out. */
export function callSts(roles: LocalRoles, accessKeyId: string, form: URLSearchParams): string {
  const action = form.get('Action') ?? '';
  const run = Object.hasOwn(OPERATIONS, action) ? OPERATIONS[action] : undefined;
  if (run === undefined) throw unsupported('STS', action);
  const result = run(roles, accessKeyId, form);
  return `<${action}Response xmlns="${NAMESPACE}"><${action}Result>${result}</${action}Result></${action}Response>`;
}

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export const stsError = ({ name, message }: ApiError): string =>
  `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${name}</Code><Message>${message.replace(/[&<>]/g, (sign) => escapes[sign] ?? '')}</Message></Error></ErrorResponse>`;

/** What a request may have besides its action; session policies, tags, MFA and source identities would be rules that are not kept here. */
const PARAMETERS = new Set(['Action', 'Version', 'RoleArn', 'RoleSessionName', 'ExternalId', 'DurationSeconds']);

const FORMS: Record<string, RegExp> = {
  roleArn: /^arn:[\w-]+:iam::\d{12}:role\/[!-~]{1,512}$/,
  roleSessionName: /^[\w+=,.@-]{2,64}$/,
  externalId: /^[\w+=,.@:/-]{2,1224}$/,
  durationSeconds: /^\d{1,6}$/,
};

function assumptionIn(form: URLSearchParams): Assumption {
  for (const name of form.keys()) if (!PARAMETERS.has(name)) throw unsupported('STS', `AssumeRole with ${name}`);
  const roleArn = shaped('roleArn', form.get('RoleArn') ?? '');
  const sessionName = shaped('roleSessionName', form.get('RoleSessionName') ?? '');
  const externalId = form.get('ExternalId');
  const durationSeconds = Number(shaped('durationSeconds', form.get('DurationSeconds') ?? '3600'));
  if (durationSeconds < 900) throw invalid('durationSeconds', 'Member must have value greater than or equal to 900');
  // All callers here are roles, and that is role chaining.
  if (durationSeconds > 3600) {
    const chained = 'exceeds the 1 hour session limit for roles assumed by role chaining.';
    throw new ApiError('ValidationError', `The requested DurationSeconds ${chained}`);
  }
  return {
    roleArn,
    sessionName,
    externalId: externalId === null ? undefined : shaped('externalId', externalId),
    durationSeconds,
  };
}

function shaped(field: string, value: string): string {
  if (FORMS[field]?.test(value)) return value;
  throw invalid(field, `Member must satisfy regular expression pattern: ${FORMS[field]?.source}`);
}

const invalid = (field: string, constraint: string): ApiError =>
  new ApiError(
    'ValidationError',
    `1 validation error detected: Value at '${field}' failed to satisfy constraint: ${constraint}`,
  );
