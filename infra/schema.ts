import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemaText } from './configuration/json-schema.ts';

const file = join(import.meta.dirname, '..', 'docs', 'replication.schema.json');
writeFileSync(file, jsonSchemaText());
