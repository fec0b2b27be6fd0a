import { randomUUID } from 'node:crypto';
import { ApiError } from '../aws/api-error.ts';

/** One message as a subscriber would get it. */
export interface Alert {
  messageId: string;
  subject: string;
  message: string;
  attributes: Record<string, string>;
}

/** An SNS topic whose subscriber is the local inbox. */
export class LocalTopic {
  readonly arn: string;
  readonly inbox: Alert[] = [];
  readonly #onAlert: (alert: Alert) => void;

  constructor(arn: string, onAlert: (alert: Alert) => void) {
    this.arn = arn;
    this.#onAlert = onAlert;
  }

  /** Takes a message, with SNS's own limits. */
  publish(input: { topicArn: string; subject: string; message: string; attributes: Record<string, string> }): string {
    const { topicArn, subject, message, attributes } = input;
    if (topicArn !== this.arn) throw new ApiError('NotFound', `there is no topic ${topicArn}`, 404);
    if (!/^[\x20-\x7e]{0,100}$/.test(subject)) {
      throw new ApiError('InvalidParameter', 'Invalid parameter: Subject: at most 100 characters of printable ASCII');
    }
    if (message === '' || Buffer.byteLength(message) > 262_144) {
      throw new ApiError('InvalidParameter', 'Invalid parameter: Message: 1 to 262144 bytes');
    }
    const alert = { messageId: randomUUID(), subject, message, attributes };
    this.inbox.push(alert);
    this.#onAlert(alert);
    return alert.messageId;
  }
}
