import type { Ask } from './ask.ts';

/** What the handler knows of its own surroundings. */
export interface Home {
  region: string;
  ask: Ask;
  /** Waits between two attempts, longer after more of them. */
  pause: (attempts: number) => Promise<void>;
}

/** What became of a request. */
export interface Outcome {
  physicalId: string;
  /** What the template can read with `Fn::GetAtt`; CloudFormation takes strings. */
  data?: Record<string, string>;
  /** One word for the log. */
  done: string;
  facts: Record<string, unknown>;
  warnings?: string[];
}
