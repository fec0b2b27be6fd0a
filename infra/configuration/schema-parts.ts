import * as z from 'zod/mini';
import { REGION, REGION_EXPECTED, REPOSITORY, REPOSITORY_EXPECTED } from '../../git/codecommit/names.ts';

/** What the schema of a configuration is made of: types with words of their own for what is wrong. */

export const described = <T extends z.ZodMiniType>(schema: T, text: string): T =>
  schema.check(z.describe(text) as z.core.$ZodCheck<z.core.output<T>>) as T;

export const text = (pattern: RegExp, expected: string) => z.string().check(z.regex(pattern, expected));

/** A list without repetitions. */
export const distinct = <T extends z.ZodMiniType>(of: T) =>
  z.array(of).check(z.meta({ uniqueItems: true }), (payload) => {
    // At its own place: what is shown of a value that may hold a login is decided there.
    const again = payload.value.findIndex((one, at) => payload.value.indexOf(one) !== at);
    if (again >= 0)
      payload.issues.push({
        code: 'custom',
        message: 'it stands there twice, expected each once',
        input: payload.value[again],
        path: [again],
      });
  });

/** The same, with at least one of what it lists. */
export const listOf = <T extends z.ZodMiniType>(of: T, what: string, atMost = Number.MAX_SAFE_INTEGER) =>
  distinct(of).check(
    z.minLength(1, `expected at least one ${what}`),
    ...(atMost === Number.MAX_SAFE_INTEGER
      ? []
      : [z.maxLength(atMost, `expected at most ${atMost}, as AWS takes them`)]),
  );

/** Anything of which `problem` says nothing: for values whose error has to say more than their type. */
export const refusing = (problem: (value: unknown) => string | undefined) =>
  z.unknown().check((payload) => {
    const message = problem(payload.value);
    if (message !== undefined) payload.issues.push({ code: 'custom', message, input: payload.value });
  });

/** What no form allows, with the reason: JSON schemas say "not". */
export const never = (because: string) => z.optional(refusing(() => because).check(z.meta({ not: {} })));

export const region = () => text(REGION, REGION_EXPECTED);
export const repository = () => text(REPOSITORY, REPOSITORY_EXPECTED);
const ACCOUNT = /^\d{12}$/;
const ACCOUNT_EXPECTED = 'expected the 12 digits of an AWS account, in quotes: "111122223333"';
/** People write it as a number, and are told of the quotes. */
export const account = refusing((value) =>
  typeof value === 'string' && ACCOUNT.test(value) ? undefined : ACCOUNT_EXPECTED,
).check(z.meta({ type: 'string', pattern: ACCOUNT.source })) as z.ZodMiniType<string, string>;

export const arn = (service: string, resource: string, example: string) =>
  text(
    new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:${resource}$`),
    `expected an ARN such as "arn:aws:${service}:ap-northeast-1:111122223333:${example}"`,
  );
export const KEY = '^arn:aws[a-z-]*:kms:[a-z0-9-]+:\\d{12}:key/[\\w-]+$';
export const key = () => arn('kms', 'key/[\\w-]+', 'key/1234abcd-12ab-34cd-56ef-1234567890ab');
export const id = (prefix: string) =>
  text(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `expected an id such as "${prefix}-0123456789abcdef0"`);
