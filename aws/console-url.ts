/** The consoles of the partitions that have their own. */
const CONSOLES = new Map([
  ['aws-cn', 'console.amazonaws.cn'],
  ['aws-us-gov', 'console.amazonaws-us-gov.com'],
]);

/** Where the AWS console shows an execution. */
export function consoleUrl(executionArn: string): string {
  const [, partition = '', , region] = executionArn.split(':');
  const host = CONSOLES.get(partition) ?? `${region}.console.aws.amazon.com`;
  return `https://${host}/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}
