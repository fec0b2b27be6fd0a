import * as z from 'zod/mini';
import { destinationAccount } from '../../replication/settings.ts';
import { configurationSchema } from './schema.ts';

/** The schema of `replication.json` for editors; draft 2020-12. It says less than the reader does: rules between fields are not in it. */
function configurationJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(configurationSchema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      if ((zodSchema as unknown) === destinationAccount) describeRoles(jsonSchema.properties ?? {});
    },
  });
  return {
    $schema,
    $id: 'replication.schema.json',
    title: 'replication.json of ccrepl: what is replicated, and where to',
    ...schema,
  };
}

/** The domain’s own type, which says nothing to people. */
function describeRoles(properties: Record<string, z.core.JSONSchema._JSONSchema>): void {
  const says: Record<string, string> = {
    roleArn: 'The role of the other account that the task takes: it writes the copy.',
    checkerRoleArn: 'The role of the other account that the comparison takes: it can push nowhere.',
    externalId: 'What both roles ask for: long, random, and told to nobody else.',
  };
  for (const [name, property] of Object.entries(properties))
    if (typeof property === 'object') property.description = says[name] ?? '';
}

/** As it stands in `docs/replication.schema.json`: lists of plain values in one line, as the format of this project wants them. */
export const jsonSchemaText = (): string =>
  `${JSON.stringify(configurationJsonSchema(), undefined, 2)
    .replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_, entries: string) => `[${entries.replace(/\s+/g, ' ')}]`)
    .replace(/^( *)(.{0,40}\[)([^[\]{}]{80,})(\],?)$/gm, '$1$2\n$1  $3\n$1$4')}\n`;
