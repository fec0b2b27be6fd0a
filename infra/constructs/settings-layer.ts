import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Replica } from '../../replication/settings.ts';
import { fromStaged } from './staged.ts';

/** Where a function finds the replicas: Lambda unpacks layers into `/opt`. */
export const SETTINGS_PATH = '/opt/ccrepl/replication.json';

/** The replicas as the functions read them. A layer of its own: a replica more or less changes no function's code. */
export const settingsLayer = (scope: Construct, id: string, replicas: readonly Replica[]): lambda.LayerVersion =>
  fromStaged(
    (folder) => {
      mkdirSync(join(folder, 'ccrepl'));
      // One line each, so that a person who looks into it can compare.
      const lines = replicas.map((replica) => JSON.stringify(replica));
      writeFileSync(join(folder, 'ccrepl', 'replication.json'), `{"replicas":[\n${lines.join(',\n')}\n]}\n`);
    },
    (folder) =>
      new lambda.LayerVersion(scope, id, {
        description: 'ccrepl: the replicas',
        code: lambda.Code.fromAsset(folder),
      }),
  );
