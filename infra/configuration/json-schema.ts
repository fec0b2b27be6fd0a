import * as z from 'zod/mini';
import { configurationSchema } from './schema.ts';

/** The schema of `replication.json` for editors; draft 2020-12. It says less than the reader does: rules between fields are not in it. */
function configurationJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(configurationSchema, { io: 'input' });
  return {
    $schema,
    $id: 'replication.schema.json',
    title: 'replication.json of ccrepl: what is replicated, and where to',
    ...(withRoles(schema) as object),
  };
}

const ROLES: Record<string, string> = {
  roleArn: 'The role of the other account that the task takes: it writes the copy.',
  checkerRoleArn: 'The role of the other account that the comparison takes: it can push nowhere.',
  externalId: 'What both roles ask for: long, random, and told to nobody else.',
};

/** The domain’s own type of another account says nothing to people, and both roles are one object of it: here each is told what it is. */
function withRoles(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withRoles);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const description = typeof inner === 'object' && !Array.isArray(inner) ? ROLES[name] : undefined;
      return [name, description === undefined ? withRoles(inner) : { ...inner, description }];
    }),
  );
}

/** As it stands in `docs/replication.schema.json`: lists of plain values in one line, as the format of this project wants them. */
export const jsonSchemaText = (): string =>
  `${JSON.stringify(configurationJsonSchema(), undefined, 2)
    .replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_, entries: string) => `[${entries.replace(/\s+/g, ' ')}]`)
    .replace(/^( *)(.{0,40}\[)([^[\]{}]{80,})(\],?)$/gm, '$1$2\n$1  $3\n$1$4')}\n`;
