import { ApiError, unsupported } from '../aws/api-error.ts';
import type { LocalTopic } from './topic.ts';

type Operation = (topic: LocalTopic, form: URLSearchParams) => string;

const OPERATIONS: Record<string, Operation> = {
  ListTopics: (topic) => `<Topics><member><TopicArn>${topic.arn}</TopicArn></member></Topics>`,
  Publish: (topic, form) => {
    const attributes: Record<string, string> = {};
    for (let n = 1; form.has(`MessageAttributes.entry.${n}.Name`); n++) {
      const name = form.get(`MessageAttributes.entry.${n}.Name`) ?? '';
      attributes[name] = form.get(`MessageAttributes.entry.${n}.Value.StringValue`) ?? '';
    }
    const topicArn = form.get('TopicArn');
    if (topicArn === null) throw new ApiError('InvalidParameter', 'Invalid parameter: TopicArn');
    const messageId = topic.publish({
      topicArn,
      subject: form.get('Subject') ?? '',
      message: form.get('Message') ?? '',
      attributes,
    });
    return `<MessageId>${messageId}</MessageId>`;
  },
};

/** Names of the operations that the look-alike supports. */
export const SNS_OPERATIONS = Object.keys(OPERATIONS);

/** SNS's query protocol: a form in, XML out. */
export function callSns(topic: LocalTopic, form: URLSearchParams): string {
  const action = form.get('Action') ?? '';
  const run = Object.hasOwn(OPERATIONS, action) ? OPERATIONS[action] : undefined;
  if (run === undefined) throw unsupported('SNS', action);
  return reply(action, run(topic, form));
}

const reply = (action: string, inner: string): string =>
  `<${action}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><${action}Result>${inner}</${action}Result></${action}Response>`;

export const snsError = ({ name, message }: ApiError): string =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${name}</Code><Message>${message.replace(/[&<>]/g, ' ')}</Message></Error></ErrorResponse>`;
